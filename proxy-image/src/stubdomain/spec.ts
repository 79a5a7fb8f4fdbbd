import type { ObjectName } from "./cluster/cluster";

/** What one controller is there for. */
export interface Spec {
  /** The domain that the cluster's DNS shall forward, lower case, without the last dot. */
  domain: string;
  /** The Service of the DNS server to forward it to. */
  dnsService: ObjectName;
  /** Such as "cluster.local". */
  clusterDomain: string;
  /** The ConfigMap that holds the Corefile. */
  target: ObjectName;
  /** The ConfigMap that asks for the stub domain, and holds its record. */
  anchor: ObjectName;
  /** Identifies this specification for whoever waits for it. */
  specHash: string;
  /** How long an installation may take from the write to the proof, in milliseconds. */
  proofTimeoutMs: number;
}

/** The primary name server that the zone's SOA names: only our DNS server says this. */
export function expectedMname({ dnsService, clusterDomain }: Spec): string {
  return `${dnsService.name}.${dnsService.namespace}.svc.${clusterDomain}.`.toLowerCase();
}
