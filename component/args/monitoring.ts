/**
 * Who reads metrics, and what is created for Prometheus and Grafana. PodMonitors and PrometheusRules need the CRDs of
 * the Prometheus operator. The package has the same rules and dashboards as files, in `monitoring/`.
 */
export interface Monitoring {
  /**
   * Namespaces whose pods may reach the metrics ports, such as Prometheus'. Needs `networkPolicies` or a mesh. Default:
   * none; the pods' own nodes always can.
   */
  namespaces?: string[];
  /**
   * Whether these pods are in the mesh. With `true` the sidecars of the proxy give their metrics to these namespaces'
   * identities only; with `false` to every client that the NetworkPolicy admits, because a client outside the mesh has
   * no identity. Needs `namespaces`, and `mesh.mode` `required` or `optional`. Default: false.
   */
  meshed?: boolean;
  /** Creates PodMonitors for the proxy, egress-dns and the stub domain's controller. Default: none. */
  podMonitors?: OperatorObjects;
  /** Creates a PrometheusRule with the alerts. One EgressProxy's is enough for a cluster. Default: none. */
  prometheusRules?: OperatorObjects;
  /**
   * Creates a ConfigMap with the dashboards, for the sidecar of Grafana's chart. One EgressProxy's is enough for a
   * cluster. Default: none.
   */
  grafanaDashboards?: GrafanaDashboards;
}

/** Objects that the Prometheus operator finds by their labels. */
export interface OperatorObjects {
  /** Added to the labels of all objects: those that your Prometheus selects, such as `release`. Default: none. */
  labels?: { [key: string]: string };
}

/** Dashboards that a sidecar loads into Grafana. */
export interface GrafanaDashboards {
  /** Folder in Grafana, as annotation `grafana_folder`. Default: the sidecar's own. */
  folder?: string;
  /** Labels by which the sidecar finds the ConfigMap. Default: `grafana_dashboard: "1"`. */
  labels?: { [key: string]: string };
}
