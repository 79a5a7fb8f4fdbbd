import type { Settings } from "./settings";

/** Ports of egress-dns's pods. */
export const DNS_PORTS = { dns: 5353, health: 8080, ready: 8181, metrics: 9153 } as const;

/** Folder of Corefile and zone in the pods. */
export const DNS_FOLDER = "/etc/egress-dns";

/** Zone of the upstreams' Services: the targets of the zone's CNAMEs. */
export function servicesZone({ namespace, clusterDomain }: Settings): string {
  return `${namespace}.svc.${clusterDomain}`;
}

/**
 * Seconds for which the address of a Service is cached. Addresses outlive pods, so it is the same as for the zone's own
 * answers. With it the server gives twice as many answers per second (docs/dns-performance.md), and the cluster's DNS,
 * which queries us, is not queried in return each time.
 */
const TARGET_CACHE = 5;

/**
 * Concurrent target look-ups. A Service whose own address is an egress name (`type: ExternalName`) sends one query in a
 * loop between the cluster's DNS and this one. Without this limit the loop never ended, at 10,000 queries per second.
 * With 256 it ends after some 1,000 in each pod, within half a second; with 1,000, kubeadm's figure for cluster DNS,
 * after 12,000. A look-up takes about 1 ms, so 256 do not limit legitimate use.
 */
const TARGETS_AT_ONCE = 256;

/** The record type that holds addresses of each family, as Kubernetes names it in a Service's `ipFamilies`. */
const ADDRESS_TYPES = { IPv4: "A", IPv6: "AAAA" } as const;

/**
 * Configuration of egress-dns: the zone from its file (NXDOMAIN with SOA for other names), the Services' addresses from
 * the cluster's DNS. All other names have no server block and are refused, so this is no open resolver. There is no
 * `transfer`, so the list can't be downloaded.
 *
 * - `minimal`: answers without NS records, so that the longest fits into the 512 bytes of resolvers without EDNS.
 * - `reload 0`: another zone means other pods.
 * - `template`: NOERROR without data for a family that Services don't have. Otherwise the client would get what the
 *   cluster's DNS answers for the Service: NXDOMAIN from `template ANY AAAA`, after which musl and .NET ignore the A
 *   record too, or an A record in the answer to AAAA from `rewrite type AAAA A`.
 * - `lameduck`: answers while the pod leaves its Service. For UDP this takes time: kube-proxy keeps a flow to a
 *   terminating pod until its readiness probe has failed, which takes 4 s, and that has been propagated. With 5 s, one
 *   in 3,000 queries met a pod that was gone, and the cluster's DNS repeated it after 2 s.
 *
 * @param families of the Services' addresses; absent: unknown, because no API server has filled them in
 */
export function corefile(settings: Settings, families?: readonly string[]): string {
  const { dns, health, ready, metrics } = DNS_PORTS;
  const noData = Object.entries(ADDRESS_TYPES)
    .filter(([family]) => families?.includes(family) === false)
    .map(([, type]) => `  template IN ${type} {\n    rcode NOERROR\n  }\n`);
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
${noData.join("")}  forward . /etc/resolv.conf {
    max_concurrent ${TARGETS_AT_ONCE}
  }
}
`;
}
