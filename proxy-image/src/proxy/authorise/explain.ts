import type { PolicyRule } from "../../contract/policy/policy";
import { type Failure, clientDenied, clientUnknown, notListed, requestDenied } from "../errors/failures";
import { isPublicName } from "../../contract/names/public-name";
import { canonicalHost } from "../message/host";
import { isFromOwnSidecar } from "../mesh/own-sidecar";
import type { ClientIdentity } from "../exchange/client";
import { identitiesIn } from "./client-identity";
import type { Judged } from "./decision";

/** Characters of an identity that are shown; Linkerd's are DNS names. */
const MOST_IDENTITY = 253;
/** Characters of the rules that are shown; a client can have thousands of rules. */
const MOST_ALLOWED = 400;

/**
 * What a denied client is told beyond the failure: its identity in the mesh, what its rules allow, and what would have
 * to be listed. It shows only the client's own rules, and nothing of other upstreams.
 *
 * @param domain the policy's; clients use names of third parties below it
 */
export function explain(failure: Failure, request: Judged, domain: string): string | undefined {
  const { client, destination, head, stream } = request;
  if (failure === clientUnknown) return isFromOwnSidecar(stream.peer) ? foreign(head.fields) : undefined;
  if (failure === clientDenied) return client && `The mesh says that this is ${client.key}.`;
  if (failure === notListed) return unlisted(canonicalHost(head.host!)!, domain);
  if (failure !== requestDenied || !destination) return undefined;
  const own = (destination.route.upstream.allow ?? []).filter((rule) => appliesTo(rule, client));
  return `${client?.key ?? "A client that the mesh does not know"} may ask for ${bounded(own.map(describeRule))}.`;
}

/** @param name canonical */
function unlisted(name: string, domain: string): string {
  const suffix = `.${domain}`;
  const host = name.endsWith(suffix) ? name.slice(0, -suffix.length) : isPublicName(name) ? name : undefined;
  return host !== undefined
    ? `The entry would be { host: ${JSON.stringify(host)} }.`
    : `${JSON.stringify(name)} is not below the domain: clients name a third party http://<host>${suffix}.`;
}

/**
 * An identity that the mesh vouches for and the policy does not know; usually the policy has the wrong trust domain.
 */
function foreign(rawHeaders: readonly string[]): string | undefined {
  const identities = identitiesIn(rawHeaders);
  if (identities.length === 0) return undefined;
  if (identities.length > 1) return "The request has more than one l5d-client-id.";
  return (
    `${JSON.stringify(identities[0]!.slice(0, MOST_IDENTITY))} is no service account of the policy's trust domain ` +
    "(`mesh.trustDomain`, `mesh.controlPlaneNamespace`)."
  );
}

function appliesTo({ clients }: PolicyRule, client: ClientIdentity | undefined): boolean {
  if (!clients) return true;
  return clients.some(
    ({ namespace, serviceAccount }) =>
      namespace === client?.namespace &&
      (serviceAccount === undefined || serviceAccount === client.serviceAccount),
  );
}

/** `POST /v1/charges`, `GET, HEAD /v1/**`. */
export function describeRule({ methods, paths }: PolicyRule): string {
  return `${methods?.join(", ") ?? "any method"} ${paths?.join(", ") ?? "on any path"}`;
}

/** As many rules as fit. The first is always shown, truncated if necessary. */
function bounded(rules: readonly string[]): string {
  let text = "";
  for (const rule of rules) {
    const longer = text === "" ? rule : `${text}; ${rule}`;
    if (longer.length > MOST_ALLOWED) return `${(text || longer).slice(0, MOST_ALLOWED)} and more`;
    text = longer;
  }
  return text;
}
