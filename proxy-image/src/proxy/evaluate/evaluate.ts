import { AUDIT_ENTRY } from "../../contract/policy/audit-entry";
import type { Policy, PolicyUpstream } from "../../contract/policy/policy";
import type { Allowed, Verdict } from "../../contract/policy/verdict";
import { rejectionOf } from "../admit/admit";
import { createAudit } from "../authorise/audit";
import { createClients } from "../authorise/clients";
import { type Judged, createDecision } from "../authorise/decision";
import { explain } from "../authorise/explain";
import { compileRules } from "../authorise/rules";
import { type Failure, notListed } from "../errors/failures";
import { createRoutes } from "../route/routes";
import { type Question, requestFor } from "./question";
import { suggestionFor } from "./suggestion";

/** Field of a credential that is not a header field. */
const CLIENT_CERTIFICATE = "client certificate";

/**
 * What the proxy would decide about a request, by the proxy's own stages. A client that the policy's mesh does not
 * identify is denied, as with `mesh.mode` `required`.
 *
 * @throws InvalidUrlError, AmbiguousNameError
 */
export function evaluatePolicy(policy: Policy, question: Question): Verdict {
  const { request, failure, detail } = decide(policy, question);
  const { client, destination, head } = request;
  const upstream = destination?.route.entry;
  if (!failure) {
    const settings = destination!.route.upstream;
    const index = admittingRule(settings, request);
    return {
      allowed: true,
      upstream: upstream!,
      ...(index !== -1 && { rule: { index, ...settings.allow![index] } }),
      credentials: credentialsOf(settings),
    };
  }
  const suggestion = suggestionFor(policy, { failure, client, destination, head });
  const helps = suggestion && !decide(suggestion.policy, question).failure;
  return {
    allowed: false,
    ...(upstream !== undefined && upstream !== AUDIT_ENTRY && { upstream }),
    reason: failure.name,
    message: detail === undefined ? failure.title : `${failure.title} ${detail}`,
    advice: failure.advice,
    ...(helps && { suggestion: suggestion.add }),
  };
}

interface Decided {
  readonly request: Judged;
  readonly failure: Failure | undefined;
  readonly detail: string | undefined;
}

function decide(policy: Policy, question: Question): Decided {
  const { request, port } = requestFor(policy, question);
  const rejection = rejectionOf(request.head, policy.limits.headerFields);
  if (rejection) return { request, failure: rejection.failure, detail: rejection.reason };
  const routes = createRoutes(policy);
  const clients = createClients(policy.mesh, policy.mesh ? "required" : "none");
  const failure = createDecision(routes, createAudit(policy), clients)(request);
  const listed = request.destination?.route.upstream.port;
  // A request in the cluster names no port of the third party, so the stages can't check it.
  if (port !== undefined && listed !== undefined && port !== listed) {
    return { request, failure: notListed, detail: `It lists port ${listed} of this host, not ${port}.` };
  }
  return { request, failure, detail: failure && explain(failure, request, policy.domain) };
}

/** @returns -1 if the upstream has no rules */
function admittingRule(upstream: PolicyUpstream, { client, head }: Judged): number {
  const asked = { method: head.method, target: head.target, rawHeaders: head.fields };
  return (upstream.allow ?? []).findIndex(
    (rule) => compileRules({ ...upstream, allow: [rule] })(client, asked) === undefined,
  );
}

function credentialsOf({ setHeaders = {}, tls }: PolicyUpstream): Allowed["credentials"] {
  const certificate = tls.clientCertificate;
  return [
    ...Object.entries(setHeaders).map(([field, { credential }]) => ({ field, credential })),
    ...(certificate ? [{ field: CLIENT_CERTIFICATE, credential: certificate.certificate }] : []),
  ];
}
