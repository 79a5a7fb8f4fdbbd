import type { ObjectName } from "./objects";
import type { TargetRef } from "./target-ref";

/** What one controller is there for. */
export interface Spec {
  /** The domain that the cluster's DNS shall forward, lower case, without the last dot. */
  domain: string;
  /** The Service of the DNS server to forward it to. */
  dnsService: ObjectName;
  /** Such as "cluster.local". */
  clusterDomain: string;
  /** What of the cluster's DNS is told about it. */
  target: TargetRef;
  /** The ConfigMap that asks for the stub domain, and holds its record. */
  anchor: ObjectName;
  /**
   * Pods ask a cache on their node, which has a stub domain and a controller of its own: this one asks the cluster's
   * DNS alone. Absent: pods ask the cluster's DNS.
   */
  behindCache?: true;
  /**
   * Eight hexadecimal digits that stay the same when the component's namespace or target changes: by them it knows its
   * own earlier entry, which is about to be handed over. Absent: nothing is handed over.
   */
  owner?: string;
  /** Identifies this specification for whoever waits for it. */
  specHash: string;
  /** How long an installation may take from the write to the proof, in milliseconds. */
  proofTimeoutMs: number;
}

/** The primary name server that the zone's SOA names: only our DNS server says this. */
export function expectedMname({ dnsService, clusterDomain }: Spec): string {
  return `${dnsService.name}.${dnsService.namespace}.svc.${clusterDomain}.`.toLowerCase();
}
