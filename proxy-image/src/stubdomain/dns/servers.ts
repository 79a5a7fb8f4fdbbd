import { isIP } from "node:net";
import type { EndpointSlice } from "../cluster/cluster";
import type { Spec } from "../../contract/stub-domain/spec";
import { isNodeLocal } from "../../contract/stub-domain/target-ref";
import type { DnsServer, Transport } from "./ask";

/** Label of the cluster's DNS in every distribution but OpenShift, on its Service and so on its EndpointSlices. */
const KUBE_DNS = "k8s-app=kube-dns";

/** Label of every EndpointSlice: its Service. */
const SERVICE_NAME = "kubernetes.io/service-name";

/**
 * The label of the EndpointSlices of the servers that a target configures; undefined for a cache, which has no Service.
 */
export function clusterDnsLabel({
  target: { kind },
  clusterDnsService,
}: Pick<Spec, "target" | "clusterDnsService">): string | undefined {
  if (isNodeLocal(kind)) return undefined;
  if (clusterDnsService !== undefined) return `${SERVICE_NAME}=${clusterDnsService}`;
  return kind === "openshift" ? `${SERVICE_NAME}=dns-default` : KUBE_DNS;
}

/** Maximum number of servers that are queried. */
const MAX_SERVERS = 100;

/** The ready servers of the cluster's DNS: their own ports, which need not be 53. */
export function readyServers(slices: readonly EndpointSlice[]): DnsServer[] {
  return slices
    .flatMap(({ endpoints, ports }) => {
      const listens = portsOf(ports ?? []);
      const metrics = ports?.find(({ name }) => name === "metrics")?.port;
      return (endpoints ?? [])
        .filter(({ conditions }) => conditions?.ready !== false)
        .flatMap(({ addresses }) => addresses.slice(0, 1))
        .filter((address) => isIP(address) !== 0)
        .map((address) => ({ address, ports: listens, ...(metrics === undefined ? {} : { metrics }) }));
    })
    .slice(0, MAX_SERVERS);
}

/** What the pods behind the Service of the cluster's DNS are, by their names; undefined if these do not say. */
export function servingProgram(slices: readonly EndpointSlice[]): "coredns" | "kubeDns" | undefined {
  const programs = new Set(
    slices
      .flatMap(({ endpoints }) => endpoints ?? [])
      .map(({ targetRef }) => programOf(targetRef?.name ?? "")),
  );
  return programs.size === 1 ? [...programs][0] : undefined;
}

function programOf(pod: string) {
  if (pod.includes("coredns")) return "coredns";
  return pod.startsWith("kube-dns-") ? "kubeDns" : undefined;
}

/** The name servers in resolv.conf(5). */
export function resolvConfServers(resolvConf: string): DnsServer[] {
  return resolvConf
    .split("\n")
    .flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? [])
    .filter((address) => isIP(address) !== 0)
    .map((address) => ({ address, ports: { udp: 53, tcp: 53 } }));
}

/** The search domains in resolv.conf(5): the last line counts; the root domain "." is left out. */
export function searchDomains(resolvConf: string): string[] {
  const last = resolvConf
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .findLast(([keyword]) => keyword === "search");
  return (last?.slice(1) ?? []).map((domain) => domain.replace(/\.$/, "")).filter((domain) => domain !== "");
}

function portsOf(ports: NonNullable<EndpointSlice["ports"]>): DnsServer["ports"] {
  // The metrics port is TCP too, so look for the name first, then for the number.
  const find = (transport: Transport, protocol: string, name: string) => {
    const some = ports.filter((port) => (port.protocol ?? "TCP") === protocol && port.port !== undefined);
    const port = (some.find((one) => one.name === name) ?? some.find((one) => one.port === 53))?.port;
    return port === undefined ? {} : { [transport]: port };
  };
  return { ...find("udp", "UDP", "dns"), ...find("tcp", "TCP", "dns-tcp") };
}
