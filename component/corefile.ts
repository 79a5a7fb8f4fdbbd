import type { Settings } from "./settings";

/** Ports of egress-dns's pods. */
export const DNS_PORTS = { dns: 5353, health: 8080, ready: 8181, metrics: 9153 } as const;

/** Where the pods find Corefile and zone. */
export const DNS_FOLDER = "/etc/egress-dns";

/** Zone of the Services that stand for upstreams: the targets of the zone's CNAMEs. */
export function servicesZone({ namespace, clusterDomain }: Settings): string {
  return `${namespace}.svc.${clusterDomain}`;
}

/**
 * Seconds for which the address of a Service is remembered; addresses outlive pods, so it is the same as of the
 * zone's own answers. Twice as many answers per second as without (docs/dns-performance.md), and the
 * cluster's DNS, which asks us, is not asked back each time.
 */
const TARGET_CACHE = 5;

/**
 * Target look-ups at one time. A Service whose own address were an egress name (`type: ExternalName`) would send
 * one query round between the cluster's DNS and this one: without this limit it never ended, at 10,000 queries
 * per second; with 256 it ends after some 1,000 in each pod, within half a second; with 1,000, kubeadm's figure
 * for cluster DNS, after 12,000. A look-up takes about 1 ms, so 256 are no limit to honest use.
 */
const TARGETS_AT_ONCE = 256;

/**
 * Configuration of egress-dns: the zone from its file (NXDOMAIN with SOA for what is not in it), the Services'
 * addresses from the cluster's DNS. Any other name has no server block here and is refused, so this is no open
 * resolver; there is no `transfer`, so nobody gets the list.
 *
 * - `minimal`: answers without NS records, so that the longest fits into the 512 bytes of resolvers without EDNS.
 * - `reload 0`: another zone is another pod.
 * - `lameduck`: answers on while the pod leaves its Service. For UDP that is late: kube-proxy keeps a flow to a pod
 *   that is told to end until its readiness probe has failed, 4 s, and that has come round. With 5 s, one in 3,000
 *   queries met a pod that was gone, and the cluster's DNS repeated it after 2 s.
 */
export function corefile(settings: Settings): string {
  const { dns, health, ready, metrics } = DNS_PORTS;
  return `${settings.domain}:${dns} {
  errors
  health :${health} {
    lameduck 15s
  }
  ready :${ready}
  prometheus :${metrics}
  minimal
  file ${DNS_FOLDER}/zone ${settings.domain} {
    reload 0
  }
}
${servicesZone(settings)}:${dns} {
  errors
  prometheus :${metrics}
  cache ${TARGET_CACHE}
  forward . /etc/resolv.conf {
    max_concurrent ${TARGETS_AT_ONCE}
  }
}
`;
}
