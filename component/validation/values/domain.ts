import type { EgressProxyArgs } from "../../args/egress-proxy";
import { DEFAULT_CLUSTER_DOMAIN, DEFAULT_DOMAIN } from "../../settings";
import { isWithin, nameProblem } from "./host";
import { isDeferred, type Problems, show } from "../checks/problems";
import { sharedSuffixReason } from "./public-suffix";

/** Below these a stub domain would capture reverse look-ups or the root from the cluster. */
const RESERVED_DOMAINS = ["arpa"];

/** The domain, or the default if it is invalid. */
export function checkDomain({ domain = DEFAULT_DOMAIN, dns }: EgressProxyArgs, problems: Problems): string {
  if (isDeferred(domain)) return DEFAULT_DOMAIN;
  const problem =
    typeof domain === "string"
      ? nameProblem(domain, "egress.local")
      : `is ${show(domain)}; give a domain such as "egress.local"`;
  if (problem) {
    problems.add("domain", problem);
    return DEFAULT_DOMAIN;
  }
  const wrong = domainProblem(domain, clusterDomainOf({ dns }));
  if (wrong) problems.add("domain", `${show(domain)} ${wrong}, such as "egress.local"`);
  return domain;
}

export function clusterDomainOf({ dns }: Pick<EgressProxyArgs, "dns">): string {
  return typeof dns?.clusterDomain === "string" ? dns.clusterDomain : DEFAULT_CLUSTER_DOMAIN;
}

function domainProblem(domain: string, clusterDomain: string): string | undefined {
  if (!domain.includes(".")) {
    return "is a single label, which clients complete with search domains; give at least two";
  }
  if (isWithin(domain, clusterDomain) || isWithin(clusterDomain, domain)) {
    return `would capture names of the cluster (${show(clusterDomain)}); choose another`;
  }
  if (RESERVED_DOMAINS.some((reserved) => isWithin(domain, reserved))) {
    return "would capture reverse look-ups; choose another";
  }
  const shared = sharedSuffixReason(domain);
  return shared && `would capture names of others, because ${shared}; choose another`;
}
