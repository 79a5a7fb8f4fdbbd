import * as pulumi from "@pulumi/pulumi";
import { DnsMode } from "../args/dns";
import type { EgressProxyArgs } from "../args/egress-proxy";
import { DEFAULT_DOMAIN, DEFAULT_NAMESPACE } from "../settings";
import type { Problems } from "./checks/problems";

/** What only one EgressProxy of a cluster can have. */
interface Claim {
  readonly component: string;
  readonly provider: pulumi.ProviderResource | undefined;
  readonly instance: string;
  readonly namespace: string;
  /** Undefined: no domain is served. */
  readonly domain: string | undefined;
}

/** By the connection to the engine, of which each preview and each update has its own. */
const claimsOfRuns = new WeakMap<object, Claim[]>();

/**
 * Adds a problem for each claim that another EgressProxy of this program has on the same cluster; remembers this one's
 * claims. Two providers are two clusters, as far as can be known here.
 */
export function checkNeighbours(
  resource: pulumi.Resource,
  component: string,
  { instance = component, namespace = DEFAULT_NAMESPACE, domain = DEFAULT_DOMAIN, dns }: EgressProxyArgs,
  problems: Problems,
): void {
  const run = pulumi.runtime.getMonitor();
  if (run === undefined) return;
  const claim: Claim = {
    component,
    provider: resource.getProvider("kubernetes:core/v1:Namespace"),
    instance,
    namespace,
    domain: dns?.mode === DnsMode.None ? undefined : domain,
  };
  const others = claimsOfRuns.get(run) ?? [];
  for (const key of ["instance", "namespace", "domain"] as const) {
    const other = others.find((one) => one.provider === claim.provider && one[key] === claim[key]);
    if (other === undefined || claim[key] === undefined) continue;
    problems.add(
      key,
      `${JSON.stringify(claim[key])} is also that of EgressProxy "${other.component}"; give each another one`,
    );
  }
  claimsOfRuns.set(run, [...others, claim]);
}
