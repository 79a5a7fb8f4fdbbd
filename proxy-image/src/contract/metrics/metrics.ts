/** A metric as its program exposes it. */
export interface MetricDefinition {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/**
 * The metrics of the proxy's admin port. Dashboards and alerts are made from the same constants, so a metric that is
 * renamed or dropped is an error of the compiler there.
 */
export const PROXY_METRICS = {
  serverDuration: {
    name: "http_server_request_duration_seconds",
    help: "From a request's headers to the end of its response.",
    labelNames: ["upstream", "http_request_method", "http_response_status_code"],
  },
  clientDuration: {
    name: "http_client_request_duration_seconds",
    help: "From a request's headers to those of the third party's response.",
    labelNames: ["upstream", "http_request_method", "http_response_status_code"],
  },
  requests: {
    name: "egress_requests_total",
    help: "Requests by calling service account (namespace/name; none without a mesh) and class of status.",
    labelNames: ["upstream", "client", "status"],
  },
  requestBytes: {
    name: "egress_request_bytes_total",
    help: "Bytes of request bodies.",
    labelNames: ["upstream"],
  },
  responseBytes: {
    name: "egress_response_bytes_total",
    help: "Bytes of response bodies.",
    labelNames: ["upstream"],
  },
  retries: {
    name: "egress_retries_total",
    help: "Requests that were sent a second time.",
    labelNames: ["upstream"],
  },
  retryBudget: {
    name: "egress_retry_budget_ratio",
    help: "Retries that the upstream's budget allows, as a share of its requests.",
    labelNames: ["upstream"],
  },
  failures: {
    name: "egress_failures_total",
    help: "Requests that did not end with the third party's whole response, by reason and Proxy-Status (RFC 9209) error.",
    labelNames: ["upstream", "failure", "proxy_status"],
  },
  denials: {
    name: "egress_denials_total",
    help: "Requests that the policy denied, by calling service account and reason.",
    labelNames: ["upstream", "client", "failure"],
  },
  cancelled: {
    name: "egress_cancelled_total",
    help: "Requests whose client left before the response's end.",
    labelNames: ["upstream"],
  },
  lookups: {
    name: "egress_dns_lookups_total",
    help: "Questions for a third party's addresses: from memory (hit), from DNS (miss), old ones because DNS failed (stale), none (error).",
    labelNames: ["result"],
  },
  lookupDuration: {
    name: "egress_dns_lookup_duration_seconds",
    help: "Time that DNS took.",
    labelNames: [],
  },
  certificateExpiry: {
    name: "egress_upstream_certificate_expiry_timestamp_seconds",
    help: "When the certificate that the third party showed last expires.",
    labelNames: ["upstream"],
  },
  activeRequests: {
    name: "http_server_active_requests",
    help: "Requests in flight.",
    labelNames: [],
  },
  upstreamActiveRequests: {
    name: "egress_upstream_active_requests",
    help: "Requests in flight to an upstream.",
    labelNames: ["upstream"],
  },
  upstreamRequestLimit: {
    name: "egress_upstream_request_limit",
    help: "Requests in flight that an upstream's maxRequests allows this pod.",
    labelNames: ["upstream"],
  },
  breakerOpen: {
    name: "egress_circuit_breaker_open",
    help: "0 closed, 0.5 half-open, 1 open; the worst where a wildcard has several names.",
    labelNames: ["upstream"],
  },
  spansExported: {
    name: "egress_spans_exported_total",
    help: "Spans that the collector has taken; absent without tracing.",
    labelNames: [],
  },
  spansDropped: {
    name: "egress_spans_dropped_total",
    help: "Spans that were lost, because the queue was full (queue_full) or the collector did not take them (export_failed); absent without tracing.",
    labelNames: ["reason"],
  },
  memoryLimit: {
    name: "egress_memory_limit_bytes",
    help: "The container's memory limit; absent without one.",
    labelNames: [],
  },
} as const satisfies Record<string, MetricDefinition>;

/** The metrics of the stub domain's controller. */
export const STUB_DOMAIN_METRICS = {
  reconciles: {
    name: "k8s_egress_stub_domain_reconciles_total",
    help: "Rounds of the controller",
    labelNames: ["result"],
  },
  writes: {
    name: "k8s_egress_stub_domain_writes_total",
    help: "Writes to the target of the stub domain; reason=heal counts re-insertions after somebody else overwrote it",
    labelNames: ["reason"],
  },
  proofs: {
    name: "k8s_egress_stub_domain_proofs_total",
    help: "Checks whether the cluster's DNS serves the stub domain",
    labelNames: ["result"],
  },
  overwritten: {
    name: "k8s_egress_stub_domain_overwritten_total",
    help: "Times that somebody else took the stub domain out of the cluster's DNS",
    labelNames: [],
  },
  served: {
    name: "k8s_egress_stub_domain_served",
    help: "1 when the last check saw the cluster's DNS serve the stub domain, otherwise 0",
    labelNames: [],
  },
  lastProof: {
    name: "k8s_egress_stub_domain_last_proof_timestamp_seconds",
    help: "When the cluster's DNS was last seen to serve the stub domain",
    labelNames: [],
  },
  state: {
    name: "k8s_egress_stub_domain_state",
    help: "1 for the state that the stub domain is in",
    labelNames: ["state"],
  },
  warning: {
    name: "k8s_egress_stub_domain_warning",
    help: "1 while the last check found this beside a stub domain that serves",
    labelNames: ["reason"],
  },
} as const satisfies Record<string, MetricDefinition>;
