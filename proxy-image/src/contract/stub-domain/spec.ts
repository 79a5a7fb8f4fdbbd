import type { ObjectName } from "./objects";
import type { TargetRef } from "./target-ref";

/** The task of one controller. */
export interface Spec {
  /** The domain that the cluster's DNS must forward, lower case, without the last dot. */
  domain: string;
  /** The Service of the DNS server to forward it to. */
  dnsService: ObjectName;
  /** Such as "cluster.local". */
  clusterDomain: string;
  /** The object of the cluster's DNS that gets the stub domain. */
  target: TargetRef;
  /**
   * The Service of the cluster's DNS, in the target's namespace; absent: those that are labelled as it is in all
   * distributions but a few.
   */
  clusterDnsService?: string;
  /** The ConfigMap that requests the stub domain, and holds its record. */
  anchor: ObjectName;
  /**
   * Pods query a cache on their node, which has a stub domain and a controller of its own: this controller queries only
   * the cluster's DNS. Absent: pods query the cluster's DNS.
   */
  behindCache?: true;
  /**
   * Eight hexadecimal digits that stay the same when the component's namespace or target changes. By them the
   * controller recognises the component's earlier entry, which it takes over. Absent: nothing is taken over.
   */
  owner?: string;
  /** Identifies this specification, so that Pulumi can wait for it. */
  specHash: string;
  /** Milliseconds that an installation may take from the write to the proof. */
  proofTimeoutMs: number;
}

/** The primary name server in the zone's SOA record: only our DNS server has this name. */
export function expectedMname({ dnsService, clusterDomain }: Spec): string {
  return `${dnsService.name}.${dnsService.namespace}.svc.${clusterDomain}.`.toLowerCase();
}
