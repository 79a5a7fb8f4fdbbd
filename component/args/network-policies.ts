/**
 * NetworkPolicies around this component's own pods. They hold where the cluster's network plugin enforces them;
 * elsewhere they change nothing.
 */
export interface NetworkPolicies {
  /** Whether there are any. `false` is for policies of your own, of the network plugin's kind. Default: true. */
  enabled?: boolean;
  /** Where the cluster's DNS runs. Default: the pods `k8s-app=kube-dns` in `kube-system`. */
  clusterDns?: ClusterDns;
  /**
   * Addresses at which pods ask DNS and no pod answers: NodeLocal DNSCache, a cloud's resolver. Where NodeLocal
   * DNSCache listens at the DNS Service's ClusterIP as well, that too. Default: `169.254.20.10` and
   * `169.254.10.11`, where NodeLocal DNSCache and AKS's LocalDNS listen.
   */
  dnsAddresses?: string[];
  /**
   * Ranges of the nodes, where something in a node's own network calls the proxy or egress-dns: pods with
   * `hostNetwork`, a DNS cache on the nodes that forwards the domain. Kubelets need none (their probes are exempt).
   * Default: none.
   */
  nodeCidrs?: string[];
  /**
   * Ranges of the API server's own addresses, not of its Service: policies see the address after its translation.
   * `kubectl get endpointslices -l kubernetes.io/service-name=kubernetes` shows them. They narrow what the stub
   * domain's controller reaches. Default: any address, on `apiServerPorts`.
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

/** Who reads metrics. */
export interface Monitoring {
  /** Namespaces whose pods may reach the ports of metrics, such as Prometheus'. Needs `networkPolicies`. */
  namespaces: string[];
}
