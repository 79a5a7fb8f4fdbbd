/**
 * NetworkPolicies around this component's own pods. They have an effect only if the cluster's network plugin enforces
 * them.
 */
export interface NetworkPolicies {
  /** Whether they are created. `false` is for your own policies of the network plugin's kind. Default: true. */
  enabled?: boolean;
  /** Where the cluster's DNS runs. Default: the pods `k8s-app=kube-dns` in `kube-system`. */
  clusterDns?: ClusterDns;
  /**
   * Addresses that pods query for DNS and that are no pod's address: NodeLocal DNSCache, a cloud's resolver. If
   * NodeLocal DNSCache listens at the DNS Service's ClusterIP as well, list that too. Default: `169.254.20.10` and
   * `169.254.10.11`, where NodeLocal DNSCache and AKS's LocalDNS listen.
   */
  dnsAddresses?: string[];
  /**
   * Ranges of the nodes, if something in a node's own network calls the proxy or egress-dns: pods with `hostNetwork`, a
   * DNS cache on the nodes that forwards the domain. Kubelets need none (their probes are exempt). Default: none.
   */
  nodeCidrs?: string[];
  /**
   * Ranges of the API server's own addresses, not of its Service: policies see the address after its translation.
   * `kubectl get endpointslices -l kubernetes.io/service-name=kubernetes` shows them. They restrict what the stub
   * domain's controller can reach. Default: any address, on `apiServerPorts`.
   */
  apiServerCidrs?: string[];
  /** Ports of the API server's own addresses. Default: 443 and 6443. */
  apiServerPorts?: number[];
}

/** The pods of the cluster's DNS. */
export interface ClusterDns {
  /** Default: `kube-system`. */
  namespace?: string;
  /** Labels that all of them have. Default: `k8s-app: kube-dns`. */
  podLabels?: { [key: string]: string };
  /**
   * Ports at which these pods listen, UDP and TCP: the `targetPort`s of the DNS Service, as
   * `kubectl -n kube-system get service kube-dns -o jsonpath={.spec.ports[*].targetPort}` shows them, or the pods'
   * `containerPort`s where these are names. Default: 53, 5353 and 8053.
   */
  ports?: number[];
}
