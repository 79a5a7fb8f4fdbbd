import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { isHostname, isNamespaceName, isServiceName, isUpstreamHost } from "./names";
import type { Policy } from "./policy";
import { type Mistake, integer, isRecord, list, object, oneOf, optional, record, text } from "./schema";

/** The document is not a policy; the message has every mistake on a line of its own. */
export class InvalidPolicyError extends Error {
  override readonly name = "InvalidPolicyError";

  constructor(readonly mistakes: readonly Mistake[]) {
    super(`the policy is refused:\n${mistakes.map(({ path, problem }) => `${path} ${problem}`).join("\n")}`);
  }
}

const DAY = 86_400_000;
/** More than the component's limit, so that only the component decides it. */
const MOST_UPSTREAMS = 20_000;

const hostname = text(isHostname, 'a host name in lower case, such as "api.stripe.com"');
const milliseconds = integer(1, DAY, "milliseconds");

const upstream = object({
  service: text(isServiceName, 'the name of a Service, such as "api-stripe-com"'),
  port: integer(1, 65_535, "a TCP port"),
  timeouts: object({ connect: milliseconds, response: milliseconds, idle: milliseconds }),
  tls: object({
    minVersion: oneOf("TLSv1.2", "TLSv1.3"),
    serverName: optional(hostname),
    caCertificates: optional(text(isPem, "one or more certificates as PEM")),
  }),
  allowedCidrs: list(text(isCidr, 'an address range, such as "10.1.0.0/16"'), 0, 100),
});

const policy = object({
  version: oneOf(1),
  domain: text(isHostname, 'a domain in lower case, such as "egress.local"'),
  services: object({
    namespace: text(isNamespaceName, 'the name of a namespace, such as "egress"'),
    clusterDomain: text(isHostname, 'a domain in lower case, such as "cluster.local"'),
  }),
  upstreams: record(
    text(isUpstreamHost, 'keyed by a host, such as "api.stripe.com" or "*.ingest.sentry.io"'),
    upstream,
    MOST_UPSTREAMS,
  ),
});

/**
 * Reads a policy, strictly: an unknown field is a mistake, a missing one too, because every default is the
 * component's.
 *
 * @throws InvalidPolicyError with every mistake and its path
 */
export function parsePolicy(source: string): Policy {
  const value = parseJson(source);
  const mistakes: Mistake[] = [];
  policy(value, "", mistakes);
  if (mistakes.length === 0) mistakes.push(...acrossUpstreams(value as Policy));
  if (mistakes.length > 0) throw new InvalidPolicyError(mistakes);
  return value as Policy;
}

/** What one upstream's schema can't see. */
function acrossUpstreams({ upstreams }: Policy): Mistake[] {
  const mistakes: Mistake[] = [];
  const owners = new Map<string, string>();
  for (const [host, { service, tls }] of Object.entries(upstreams)) {
    const path = `upstreams[${JSON.stringify(host)}]`;
    const owner = owners.get(service);
    if (owner === undefined) owners.set(service, host);
    else
      mistakes.push({ path: `${path}.service`, problem: `is also the Service of ${JSON.stringify(owner)}` });
    if (host.startsWith("*.") && tls.serverName !== undefined) {
      mistakes.push({ path: `${path}.tls.serverName`, problem: "can't be given for a wildcard" });
    }
  }
  return mistakes;
}

function parseJson(source: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    throw new InvalidPolicyError([
      {
        path: "the policy",
        problem: `must be JSON: ${error instanceof Error ? error.message : "it is not"}`,
      },
    ]);
  }
  if (!isRecord(value)) throw new InvalidPolicyError([{ path: "the policy", problem: "must be an object" }]);
  return value;
}

function isPem(value: string): boolean {
  const blocks = value.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (!blocks) return false;
  try {
    for (const block of blocks) new X509Certificate(block);
    return true;
  } catch {
    return false;
  }
}

function isCidr(value: string): boolean {
  const [address, prefix, ...rest] = value.split("/");
  const family = isIP(address ?? "");
  if (family === 0 || address!.includes("%") || prefix === undefined || rest.length > 0) return false;
  return /^(?:0|[1-9]\d{0,2})$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}
