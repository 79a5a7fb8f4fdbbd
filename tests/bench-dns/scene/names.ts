import { serviceName } from "../../../component/names";
import { type Settings, settingsOf } from "../../../component/settings";
import type { Service } from "./api-server";

/** The name that everybody in a cluster asks for. */
export const KUBERNETES = "kubernetes.default.svc.cluster.local";

/** Upstreams of an installation as large as the component allows. */
export const UPSTREAMS = 1_000;

const WILDCARD = "*.wild.example.com";

/** An EgressProxy with so many upstreams, a wildcard among them. */
export function settingsWith(upstreams: number): Settings {
  const exact = Array.from({ length: upstreams - 1 }, (_, index) => ({ host: `host-${index}.example.com` }));
  return settingsOf({ upstreams: [{ host: WILDCARD }, ...exact] });
}

/** The Services of such a cluster: the upstreams', the one of the rewrite rule, the API server's. */
export function servicesOf({ namespace, upstreams }: Settings): Service[] {
  return [
    { namespace: "default", name: "kubernetes" },
    { namespace, name: PROXY_SERVICE },
    ...upstreams.map(({ host }) => ({ namespace, name: serviceName(host) })),
  ];
}

/** The Service to which the rewrite rule leads every egress name. */
export const PROXY_SERVICE = "egress-proxy";

/** All listed hosts but the wildcard, as applications name them. */
export function listedNames({ domain, upstreams }: Settings): string[] {
  return upstreams.filter(({ host }) => host !== WILDCARD).map(({ host }) => `${host}.${domain}`);
}

let series = 0;

/** Names below the wildcard that nobody has asked for before. */
export function freshNames({ domain }: Settings, count: number): string[] {
  series++;
  return Array.from({ length: count }, (_, index) => `u${series}-${index}${WILDCARD.slice(1)}.${domain}`);
}
