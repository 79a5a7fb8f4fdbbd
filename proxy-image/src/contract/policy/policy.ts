/**
 * The policy: the one document that the proxy obeys. The component compiles it from its arguments, an
 * immutable ConfigMap named by its hash carries it, and the proxy refuses a text with another hash.
 *
 * A field that may be absent switches something on where it is present; the proxy has no defaults.
 */
export interface Policy {
  version: 1;
  /** The domain under which applications name upstreams: `egress.local`. */
  domain: string;
  /** Where the upstream Services are, because their own names are accepted as Host too. */
  services: { namespace: string; clusterDomain: string };
  /** How Linkerd names clients. Absent: clients are not told apart, and no rule may name clients. */
  mesh?: PolicyMesh;
  /** What unlisted hosts are to some clients, for a while. Absent: 403. Only with `mesh`. */
  audit?: PolicyAudit;
  /** What a request's head may be. */
  limits: PolicyLimits;
  /** Keyed by host, exact (`api.stripe.com`) or wildcard (`*.ingest.sentry.io`), so that one upstream more is one entry in a diff. */
  upstreams: Record<string, PolicyUpstream>;
}

/** Of the requests of all clients. */
export interface PolicyLimits {
  /** Bytes of a request line and its header section. */
  headerBytes: number;
  /** Header fields of a request. */
  headerFields: number;
}

/** The mesh that vouches for clients. */
export interface PolicyMesh {
  /**
   * What follows service account and namespace in `l5d-client-id`:
   * `serviceaccount.identity.<Linkerd's namespace>.<trust domain>`.
   */
  identitySuffix: string;
}

/**
 * Unlisted third parties, for clients whose needs are being found out. What must not be wider than a public host on
 * port 443 with a public certificate is no field here.
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
  /** From when on it is over: `2027-02-01T00:00:00Z`. */
  until: string;
}

/** One allowed third party. Every default is already filled in: the proxy adds none of its own. */
export interface PolicyUpstream {
  /** Name of the Service that stands for this upstream in the cluster. */
  service: string;
  /** TCP port of the third party. */
  port: number;
  timeouts: PolicyTimeouts;
  tls: PolicyTls;
  /** Private ranges (CIDR) that the host may resolve to. */
  allowedCidrs: string[];
  /** Who may call what; any rule admits. Absent: every client, everything. Never empty. */
  allow?: PolicyRule[];
  /** `%2F` in a path is a character of its segment, not a slash in disguise. Absent: where rules name paths it is ambiguous. */
  encodedSlashes?: true;
  /** Fields put on every request in place of the client's, keyed by name in lower case. Not for wildcards. */
  setHeaders?: Record<string, PolicySetHeader>;
  /** Request fields that tell about clients and go out nonetheless, in lower case: `x-forwarded-for`. Never empty. */
  passHeaders?: string[];
  /** Requests have no Via field. */
  via?: false;
  /** Host that requests have, where it is not the upstream's own; `host` or `host:port`. Not for wildcards. */
  hostHeader?: string;
  /** Methods beside POST, PUT and PATCH whose body the third party is known to read, so that its connection can be kept. Never empty. */
  bodyMethods?: string[];
  /** Other entries of the policy to which this third party may lead clients. Never empty. */
  linksTo?: string[];
  /** Response fields that hold one reference, beyond those that are known to, in lower case. Never empty. */
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
  /** Absent: WebSocket is refused. */
  websockets?: PolicyWebsockets;
}

/** Admits a request that fits every field that is present. */
export interface PolicyRule {
  /** Service accounts; one without `serviceAccount` is every account of its namespace. */
  clients?: { namespace: string; serviceAccount?: string }[];
  /** In capitals. */
  methods?: string[];
  /** Path patterns: `/v1/charges`, `/v1/*` (one segment), `/v1/**` (one or more segments; last only). */
  paths?: string[];
}

/** A field's value: a prefix and a credential, which is a file below the folder that `--credentials` names. */
export interface PolicySetHeader {
  /** Name of the credential. */
  credential: string;
  /** Goes before it: `Bearer `, or nothing. */
  prefix: string;
}

/** Milliseconds. */
export interface PolicyTimeouts {
  /** Name, TCP connection and TLS handshake. */
  connect: number;
  /** From the request's last byte to the response's headers. */
  response: number;
  /** Between two pieces of a body. */
  idle: number;
  /** The same of a stream: server-sent events, gRPC, WebSocket. */
  stream: number;
  /** From the request's headers to the response's end. Absent: no limit. */
  total?: number;
}

export interface PolicyTls {
  minVersion: "TLSv1.2" | "TLSv1.3";
  /** Name sent as SNI and verified in the certificate, where it is not the host itself. */
  serverName?: string;
  /** PEM; replaces the public authorities for this upstream. */
  caCertificates?: string;
  /** Names of the credentials with the certificate chain and its key, both PEM. */
  clientCertificate?: { certificate: string; key: string };
}

/** Once at most, and only where the third party can't have acted on the first try. */
export interface PolicyRetries {
  /** Retries in percent of the requests of the last ten seconds; one is always left. */
  budgetPercent: number;
}

/** A token bucket in each pod; an empty one gives 429. */
export interface PolicyRateLimit {
  /** Requests in `period` milliseconds. */
  requests: number;
  period: number;
  /** Requests that may come at once. */
  burst: number;
}

/** For each name of the third party and each pod; an open one gives 503 at once. */
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
