import type { BodyLimits, CircuitBreaker, RateLimit, Retries, Timeouts } from "./limits";
import type { UpstreamTls } from "./upstream-tls";
import type { HeaderValue, Rule } from "./access";
import type { UpstreamMesh } from "./upstream-mesh";

/** One third party, called as `https://<host>:<port>`. */
export interface Upstream {
  /**
   * Exact host (`api.stripe.com`), or a wildcard (`*.ingest.sentry.io`) for every name below the suffix, at any depth,
   * but not the suffix itself. An exact host takes precedence over a wildcard, a longer wildcard over a shorter one.
   */
  host: string;
  /** TCP port, 1 to 65535. Default: 443. */
  port?: number;
  /** Time limits. */
  timeouts?: Timeouts;
  /** How the third party's identity is verified. */
  tls?: UpstreamTls;
  /**
   * Ranges in CIDR notation that this host may resolve to, although they are private or special: for third parties
   * behind a private link. Loopback, link-local, multicast and metadata addresses can't be allowed. Default: none.
   */
  allowedCidrs?: string[];
  /**
   * Which clients may call what; one matching rule is enough. Default: every client that the mesh admits, everything.
   */
  allow?: Rule[];
  /**
   * Whether `%2F` in a path is a character of its segment, as in GitLab's `group%2Fproject`, objects of Google's
   * storage and npm's scopes. Patterns in `paths` may then contain it too: `/api/v4/projects/group%2Fproject/**`. Risk:
   * if the third party, or a gateway before it, decodes it to a slash, a rule admits other paths than it says. Default:
   * false; such a request is then denied if rules name paths.
   */
  encodedSlashes?: boolean;
  /**
   * Header fields set on every request, in place of the client's own, by name in lower case. Only if every rule in
   * `allow` names clients, methods and paths, and never for a wildcard. A third party that echoes request headers
   * discloses them to the client. Default: none.
   */
  setHeaders?: { [name: string]: HeaderValue };
  /**
   * Request fields about the client that the third party gets nonetheless, by name in lower case: `x-forwarded-for`,
   * `x-real-ip`, `forwarded`, `x-forwarded-host`. They are sent as the client wrote them; the proxy adds nothing. Risk:
   * addresses and names of the cluster or of your users leave it. Default: none.
   */
  passHeaders?: string[];
  /**
   * Whether requests have the fields `traceparent` and `tracestate` (W3C Trace Context), so that the third party can
   * continue the trace: the proxy's own span where `tracing` traces the request, otherwise what the client wrote. Risk:
   * the third party sees which requests belong together. Default: false; it gets neither.
   */
  propagateTrace?: boolean;
  /**
   * Whether requests have a Via field (RFC 9110 §7.6.3). `false` is for third parties that respond differently to such
   * requests: nginx does not compress for them (`gzip_proxied`). Loops are then detected by CDN-Loop (RFC 8586).
   * Default: true.
   */
  via?: boolean;
  /**
   * Host of the requests, if it is not `host`: `api.example.com` or `api.example.com:8443`. The connection goes to
   * `host`, and the certificate is verified for `host` or `tls.serverName`. Not with a wildcard. Risk: the operator of
   * `host` may serve other customers under that name (domain fronting), so the policy's `host` no longer says whom
   * requests reach. Default: `host`, with `port` if it is not 443.
   */
  hostHeader?: string;
  /**
   * Methods beside POST, PUT and PATCH whose body the third party reads: `GET` for Elasticsearch, `DELETE`, `QUERY`.
   * Its connection is then kept after such a request. Risk: a server that ignores the body reads it as the next
   * request, so a client could hide a request from the rules in it. Default: none, and such a connection is closed.
   */
  bodyMethods?: string[];
  /**
   * Hosts of other upstreams that this third party's responses may lead clients to: a registry's CDN, GitHub's
   * `codeload.github.com`. References to them become `http://<host>.<domain>/...`, as references to this upstream do.
   * Risk: the third party decides which of them a client calls next, and with what path. Default: none; a client that
   * follows such a reference then bypasses the proxy, or in a lockdown can't resolve the name.
   */
  linksTo?: string[];
  /**
   * Response fields that hold one URL, by name in lower case: `x-upload-url`. They are rewritten as Location is.
   * Location, Content-Location, Link, Refresh, Operation-Location, Azure-AsyncOperation, X-Goog-Upload-URL and the URLs
   * in WWW-Authenticate always are. Default: none.
   */
  linkHeaders?: string[];
  /** Repeats of requests that the third party can't have acted on. */
  retries?: Retries;
  /** Responds at once with an error while the third party fails. Default: none. */
  circuitBreaker?: CircuitBreaker;
  /**
   * What clients' sidecars do between client and proxy, beside balancing and measuring; not with `mesh.mode` `none`.
   * The limits above are the proxy's and apply in any case. Default: nothing.
   */
  mesh?: UpstreamMesh;
  /** Rate of requests to the third party. Default: no limit. */
  rateLimit?: RateLimit;
  /** Connections to each name of the third party at a time, from each pod. Default: 256. */
  maxConnections?: number;
  /**
   * Age at which a connection takes no new request, so that requests follow DNS and load balancers: `10m`; at most 24
   * h. Connections to an address that DNS has not shown for 30 s take none either. Default: `10m`.
   */
  maxConnectionAge?: string;
  /** Requests in flight at a time in each pod; the response to a further one is 503 at once. Default: 1,024. */
  maxRequests?: number;
  /**
   * The same for each client's service account; all clients that the mesh does not identify count as one. Default: 512.
   */
  maxRequestsPerClient?: number;
  /** Largest bodies, in bytes. Default: no limit. */
  maxBodyBytes?: BodyLimits;
  /** Whether WebSocket connections are allowed. Default: false. */
  websockets?: boolean;
  /**
   * Allows a wildcard over a suffix that strangers share (`*.s3.amazonaws.com`). Only if every rule in `allow` names
   * clients, because anyone's bucket is then a way out for them. Default: false.
   */
  sharedSuffix?: boolean;
}
