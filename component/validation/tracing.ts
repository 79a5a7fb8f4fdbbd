import { isIP } from "node:net";
import type { EgressProxyArgs } from "../args/egress-proxy";
import type { Tracing } from "../args/tracing";
import {
  COLLECTOR_URL,
  collectorUrl,
  isCollectorField,
} from "../../proxy-image/src/contract/names/collector-url";
import { collectorOf, isOnInternet, isPrivate } from "../network-policy/collector";
import { DEFAULT_NAMESPACE } from "../settings";
import { type Unchecked, checkInteger, checkObject } from "./checks/checks";
import { checkList } from "./checks/lists";
import { isDeferred, type Problems, show } from "./checks/problems";
import { NO_CIDR, allowedCidrProblem } from "./values/cidr";
import { clusterDomainOf } from "./values/domain";
import { checkHeaderValues } from "./header-values";

const EXAMPLE = `{ endpoint: "http://otel-collector.observability.svc:4318" }`;
const KEYS: (keyof Tracing)[] = ["endpoint", "sampleRatio", "clientSampledPerSecond", "headers", "cidrs"];
/** Requests a second that one pod can't reach. */
const MOST_REQUESTS = 1_000_000;

/** Adds a problem for every error in `tracing`. */
export function checkTracing(
  args: EgressProxyArgs,
  credentials: ReadonlySet<string> | undefined,
  problems: Problems,
): void {
  const { tracing: given } = args;
  if (given === undefined || isDeferred(given)) return;
  const tracing = checkObject(given, "tracing", KEYS, EXAMPLE, problems);
  if (!tracing) return;
  checkEndpoint(args, tracing, problems);
  const { sampleRatio, clientSampledPerSecond, headers } = tracing;
  if (
    sampleRatio !== undefined &&
    (typeof sampleRatio !== "number" || !(sampleRatio >= 0 && sampleRatio <= 1))
  ) {
    problems.add("tracing.sampleRatio", `is ${show(sampleRatio)}; give a number from 0 to 1, such as 0.1`);
  }
  const limits = { min: 0, max: MOST_REQUESTS, example: 100 };
  checkInteger(clientSampledPerSecond, "tracing.clientSampledPerSecond", limits, problems);
  if (headers !== undefined) {
    checkHeaderValues(headers, "tracing.headers", credentials, problems, isCollectorField);
  }
}

function checkEndpoint(
  { namespace, networkPolicies, dns }: EgressProxyArgs,
  { endpoint, cidrs }: Unchecked,
  problems: Problems,
): void {
  const policed = networkPolicies?.enabled !== false;
  checkList(
    cidrs,
    "tracing.cidrs",
    `["10.20.0.0/16"]`,
    problems,
    (cidr, at) => {
      const problem = typeof cidr === "string" ? allowedCidrProblem(cidr) : NO_CIDR;
      if (problem !== undefined) problems.add(at, `${show(cidr)} ${problem}`);
    },
    "without one no trace could be sent; left out, `endpoint` says where the receiver is",
  );
  if (cidrs !== undefined && !policed) {
    problems.add("tracing.cidrs", "means nothing while networkPolicies.enabled is false; leave it out");
  }
  if (typeof endpoint !== "string" || collectorUrl(endpoint) === undefined) {
    if (isDeferred(endpoint)) return;
    const is = endpoint === undefined ? "is missing" : `is ${show(endpoint)}`;
    problems.add("tracing.endpoint", `${is}; give ${COLLECTOR_URL}`);
    return;
  }
  const own = typeof namespace === "string" ? namespace : DEFAULT_NAMESPACE;
  const { place, encrypted } = collectorOf(endpoint, own, clusterDomainOf({ dns }));
  if (place.kind === "address") {
    const problem = allowedCidrProblem(`${place.ip}/${isIP(place.ip) === 4 ? 32 : 128}`);
    if (problem !== undefined) problems.add("tracing.endpoint", `${show(endpoint)} ${problem}`);
    if (problem !== undefined) return;
  }
  const isKept = Array.isArray(cidrs) && cidrs.every((cidr) => typeof cidr !== "string" || isPrivate(cidr));
  if (isOnInternet(place) && !encrypted && !isKept) {
    problems.add(
      "tracing.endpoint",
      `${show(endpoint)} would send traces unencrypted over the Internet; use https, or a Service's name, such as "http://otel-collector.observability.svc:4318", or give the receiver's private ranges as \`cidrs\``,
    );
  }
  if (place.kind !== "public" && cidrs !== undefined && policed) {
    problems.add("tracing.cidrs", "means nothing where `endpoint` is a Service or an address; leave it out");
  }
}
