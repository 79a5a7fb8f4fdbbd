/**
 * The policy: the only document that configures what the proxy allows. The component compiles it from its arguments,
 * and an immutable ConfigMap named by its hash carries it. The proxy does not start with a text of another hash.
 *
 * An optional field enables something if it is present; the proxy has no defaults.
 */
export interface Policy {
  version: 1;
  /** The domain below which applications name upstreams: `egress.local`. */
  domain: string;
  /** The namespace of the upstreams' Services: their own names are accepted as Host too. */
  services: { namespace: string; clusterDomain: string };
  /** The mesh's identities of clients. Absent: clients are not identified, and no rule may name clients. */
  mesh?: PolicyMesh;
  /** Lets some clients call unlisted hosts, for a while. Absent: 403. Only with `mesh`. */
  audit?: PolicyAudit;
  /** Limits of a request's head. */
  limits: PolicyLimits;
  /** Traces of requests. Absent: none. */
  tracing?: PolicyTracing;
  /**
   * Keyed by host, exact (`api.stripe.com`) or wildcard (`*.ingest.sentry.io`), so that a new upstream is one entry in
   * a diff.
   */
  upstreams: Record<string, PolicyUpstream>;
}

/** Limits for the requests of all clients. */
export interface PolicyLimits {
  /** Bytes of a request line and its header section. */
  headerBytes: number;
  /** Header fields of a request. */
  headerFields: number;
}

/** Where traces go, and of which requests. */
export interface PolicyTracing {
  /** Base URL of an OTLP/HTTP receiver: `http://otel-collector.observability.svc:4318`. */
  endpoint: string;
  /** Share of the requests that are traced without a client asking for it, 0 to 1. */
  sampleRatio: number;
  /** Requests a second, in each pod, that are traced because their `traceparent` asks for it; 0: it is not heeded. */
  clientSampledPerSecond: number;
  /** Fields of the requests to the collector, keyed by name in lower case. */
  headers?: Record<string, PolicySetHeader>;
}

/** The mesh that vouches for clients. */
export interface PolicyMesh {
  /**
   * The part of `l5d-client-id` after service account and namespace: `serviceaccount.identity.<Linkerd's
   * namespace>.<trust domain>`.
   */
  identitySuffix: string;
}

/**
 * Settings for unlisted third parties, for clients whose needs are being determined. It has no fields for anything
 * wider than a public host on port 443 with a public certificate.
 */
export interface PolicyAudit extends Pick<
  PolicyUpstream,
  | "service"
  | "timeouts"
  | "maxConnections"
  | "maxConnectionAge"
  | "maxRequests"
  | "maxRequestsPerClient"
  | "retries"
  | "websockets"
> {
  /** Namespaces of the clients. Never empty. */
  namespaces: string[];
  /** The audit ends at this time: `2027-02-01T00:00:00Z`. */
  until: string;
}

/** One allowed third party. Every default is filled in: the proxy adds none. */
export interface PolicyUpstream {
  /** Name of the Service that stands for this upstream in the cluster. */
  service: string;
  /** TCP port of the third party. */
  port: number;
  timeouts: PolicyTimeouts;
  tls: PolicyTls;
  /** Private ranges (CIDR) that the host may resolve to. */
  allowedCidrs: string[];
  /** Which clients may call what; one matching rule is enough. Absent: every client, everything. Never empty. */
  allow?: PolicyRule[];
  /**
   * `%2F` in a path is a character of its segment, not a separator. Absent: such a path is ambiguous if rules name
   * paths.
   */
  encodedSlashes?: true;
  /** Fields set on every request in place of the client's, keyed by name in lower case. Not for wildcards. */
  setHeaders?: Record<string, PolicySetHeader>;
  /** Request fields about clients that are sent nonetheless, in lower case: `x-forwarded-for`. Never empty. */
  passHeaders?: string[];
  /** Requests have the fields `traceparent` and `tracestate`. Absent: the third party gets neither. */
  propagateTrace?: true;
  /** Requests have no Via field. */
  via?: false;
  /** Host of the requests, if it is not the upstream's own; `host` or `host:port`. Not for wildcards. */
  hostHeader?: string;
  /**
   * Methods beside POST, PUT and PATCH whose body the third party reads, so that its connection can be kept. Never
   * empty.
   */
  bodyMethods?: string[];
  /** Other entries of the policy that this third party's responses may lead clients to. Never empty. */
  linksTo?: string[];
  /** Further response fields that hold one reference, in lower case. Never empty. */
  linkHeaders?: string[];
  /** Connections to the third party at a time, for each name and each pod. Absent: no limit. */
  maxConnections?: number;
  /** Milliseconds after which a connection takes no new request. Absent: no limit. */
  maxConnectionAge?: number;
  /** Requests in flight at a time in each pod; one more gets 503 at once. Absent: no limit. */
  maxRequests?: number;
  /** The same for each service account; without a mesh all clients are one. Absent: no limit. */
  maxRequestsPerClient?: number;
  /** Bytes of a request's body, and of a response's. Absent: no limit. */
  maxBodyBytes?: { request?: number; response?: number };
  /** Absent: no retries. */
  retries?: PolicyRetries;
  /** Absent: no rate limit. */
  rateLimit?: PolicyRateLimit;
  /** Absent: no circuit breaker. */
  circuitBreaker?: PolicyCircuitBreaker;
  /** Absent: WebSocket is denied. */
  websockets?: PolicyWebsockets;
}

/** Admits a request that matches every field that is present. */
export interface PolicyRule {
  /** Service accounts; an entry without `serviceAccount` means every account of its namespace. */
  clients?: { namespace: string; serviceAccount?: string }[];
  /** In upper case. */
  methods?: string[];
  /** Path patterns: `/v1/charges`, `/v1/*` (one segment), `/v1/**` (one or more segments; last only). */
  paths?: string[];
}

/** A field's value: a prefix and a credential, which is a file in the folder that `--credentials` names. */
export interface PolicySetHeader {
  /** Name of the credential. */
  credential: string;
  /** The text before the credential: `Bearer `, or nothing. */
  prefix: string;
}

/** Milliseconds. */
export interface PolicyTimeouts {
  /** Resolving, TCP connection and TLS handshake. */
  connect: number;
  /** From the request's last byte to the response's headers. */
  response: number;
  /** Between two pieces of a body. */
  idle: number;
  /** The same for a stream: server-sent events, gRPC, WebSocket. */
  stream: number;
  /** From the request's headers to the response's end. Absent: no limit. */
  total?: number;
}

export interface PolicyTls {
  minVersion: "TLSv1.2" | "TLSv1.3";
  /** Name sent as SNI and verified in the certificate, if it is not the host itself. */
  serverName?: string;
  /** PEM; replaces the public authorities for this upstream. */
  caCertificates?: string;
  /** Names of the credentials with the certificate chain and its key, both PEM. */
  clientCertificate?: { certificate: string; key: string };
}

/** Retries: at most one per request, and only if the third party can't have acted on the first attempt. */
export interface PolicyRetries {
  /** Retries in percent of the requests of the last ten seconds; at least one is always allowed. */
  budgetPercent: number;
}

/** A token bucket in each pod; if it is empty, the response is 429. */
export interface PolicyRateLimit {
  /** Requests in `period` milliseconds. */
  requests: number;
  period: number;
  /** Requests that may arrive at once. */
  burst: number;
}

/** One for each name of the third party and each pod; while it is open, the response is 503 at once. */
export interface PolicyCircuitBreaker {
  /** Failures in a row (no connection, no response, 5xx) that open it. */
  failures: number;
  /** Milliseconds until one request probes whether it can close. */
  reset: number;
}

export interface PolicyWebsockets {
  /** Milliseconds after which a connection is closed, however busy. */
  maxAge: number;
}
