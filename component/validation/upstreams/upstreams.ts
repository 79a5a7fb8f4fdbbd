import type { Upstream } from "../../args/upstream";
import { checkInteger, checkKnownKeys, isRecord, type Unchecked } from "../checks/checks";
import { allowedCidrProblem } from "../values/cidr";
import { type Problems, show } from "../checks/problems";
import type { Surroundings } from "./surroundings";
import { checkAccess } from "./access";
import { checkHost } from "./host";
import { checkLimits } from "./limits";
import { ORIGIN_KEYS, checkOrigin } from "./origin";
import { checkUpstreamMesh } from "./mesh";
import { checkTls } from "./tls";

/** Each upstream has a Service, and the cost of kube-proxy and Linkerd grows with Services. */
const MAX_UPSTREAMS = 1_000;

const KNOWN_KEYS: ReadonlySet<string> = new Set<keyof Upstream>([
  "host",
  "port",
  "timeouts",
  "tls",
  "allowedCidrs",
  "allow",
  "setHeaders",
  "retries",
  "circuitBreaker",
  "mesh",
  "rateLimit",
  "maxConnections",
  "maxConnectionAge",
  "maxRequests",
  "maxRequestsPerClient",
  "maxBodyBytes",
  "websockets",
  "sharedSuffix",
  "encodedSlashes",
  ...ORIGIN_KEYS,
]);

/** Adds a problem for every error in `upstreams`. */
export function checkUpstreams(
  upstreams: readonly Upstream[],
  proxy: Surroundings,
  problems: Problems,
): void {
  if (!Array.isArray(upstreams)) {
    problems.add("upstreams", `is ${show(upstreams)}; give a list, such as [{ host: "api.stripe.com" }]`);
    return;
  }
  if (upstreams.length === 0 && !proxy.audit) {
    problems.add(
      "upstreams",
      `is empty; name at least one third party, such as [{ host: "api.stripe.com" }]: without one nothing can be called, and no EgressProxy is needed`,
    );
  }
  if (upstreams.length > MAX_UPSTREAMS) {
    problems.add(
      "upstreams",
      `has ${upstreams.length} entries; at most ${MAX_UPSTREAMS} are supported, a Service each: split them over several EgressProxy, each with its own namespace and domain`,
    );
    return;
  }
  const hosts = new Set(
    upstreams.map((upstream: unknown) => (isRecord(upstream) ? upstream.host : undefined)),
  );
  const firstIndexOf = new Map<string, number>();
  upstreams.forEach((upstream: unknown, index) => {
    const path = `upstreams[${index}]`;
    if (!isRecord(upstream)) {
      problems.add(path, `is ${show(upstream)}; give an upstream, such as { host: "api.stripe.com" }`);
      return;
    }
    checkUpstream(upstream, path, proxy, problems);
    checkOrigin(upstream, path, hosts, problems);
    if (typeof upstream.host !== "string") return;
    const first = firstIndexOf.get(upstream.host);
    if (first === undefined) firstIndexOf.set(upstream.host, index);
    else
      problems.add(`${path}.host`, `${show(upstream.host)} is also upstreams[${first}]; name each host once`);
  });
}

function checkUpstream(upstream: Unchecked, path: string, proxy: Surroundings, problems: Problems): void {
  checkKnownKeys(upstream, KNOWN_KEYS, path, problems);
  const { host, port, tls, allowedCidrs, sharedSuffix } = upstream;
  checkHost(host, `${path}.host`, sharedSuffix === true, proxy, problems);
  checkInteger(port, `${path}.port`, { min: 1, max: 65_535, example: 443 }, problems);
  if (tls !== undefined) checkTls(tls, host, `${path}.tls`, proxy.credentials, problems);
  if (allowedCidrs !== undefined) checkAllowedCidrs(allowedCidrs, `${path}.allowedCidrs`, problems);
  checkLimits(upstream, path, problems);
  checkAccess(upstream, path, proxy, problems);
  checkUpstreamMesh(upstream.mesh, `${path}.mesh`, proxy.mesh, problems);
}

function checkAllowedCidrs(cidrs: unknown, path: string, problems: Problems): void {
  if (!Array.isArray(cidrs)) {
    problems.add(path, `is ${show(cidrs)}; give a list of ranges, such as ["10.20.0.0/16"]`);
    return;
  }
  cidrs.forEach((cidr: unknown, index) => {
    const problem =
      typeof cidr === "string" ? allowedCidrProblem(cidr) : `is no text; write it as in "10.20.0.0/16"`;
    if (problem) problems.add(`${path}[${index}]`, `${show(cidr)} ${problem}`);
  });
}
