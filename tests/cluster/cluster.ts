import type { Families } from "./families";
import type { ThirdParties } from "./third-parties/names";

/** A running cluster: plain data, which any process on this machine can use. */
export interface Cluster {
  readonly instance: string;
  /** The administrator's kubeconfig; its server is reachable from the host. */
  readonly kubeconfig: string;
  /** kubectl of the cluster's own version. */
  readonly kubectl: string;
  /** Registry to push to and pull from, as the cluster and its Docker engine call it. */
  readonly registry: string;
  /** The same registry's URL for HTTP requests from the host. */
  readonly registryUrl: string;
  /** `DOCKER_HOST` for building and pushing images. */
  readonly dockerHost: string;
  /** References by digest. */
  readonly images: {
    /** Node 24 and the C library: a base image, and enough for a client pod. */
    readonly node: string;
    readonly coredns: string;
    readonly pause: string;
  };
  /** Families of the addresses of pods, Services and the node. */
  /** Such as 1.36.3. */
  readonly kubernetes: string;
  readonly families: Families;
  /** The node's addresses, that of the cluster's own first family first. */
  readonly nodeIps: readonly [string, ...string[]];
  /** Whether NetworkPolicies have an effect. */
  readonly policies: "enforced" | "off";
  readonly clusterDomain: string;
  readonly clusterDnsIp: string;
  readonly thirdParties: ThirdParties;
  /** Where the third parties are: special ranges, which an upstream must allow. */
  readonly thirdPartyCidrs: readonly string[];
  /** PEM of the authority that signed the third parties' certificates. */
  readonly thirdPartyCa: string;
  /** PEM: a client certificate that `mtls` accepts. */
  readonly clientCertificate: { readonly certificate: string; readonly key: string };
  /** Command prefix that runs a host's program in the cluster's namespaces (`dig @10.96.0.10 …`). */
  readonly enter: readonly string[];
  /** The daemons' logs. */
  readonly logs: string;
}
