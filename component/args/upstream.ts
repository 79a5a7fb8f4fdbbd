import type { BodyLimits, CircuitBreaker, RateLimit, Retries, Timeouts } from "./limits";
import type { UpstreamTls } from "./upstream-tls";
import type { HeaderValue, Rule } from "./access";
import type { UpstreamMesh } from "./upstream-mesh";

/** One third party, reached as `https://<host>:<port>`. */
export interface Upstream {
  /**
   * Exact host (`api.stripe.com`), or a wildcard (`*.ingest.sentry.io`) for every name below the suffix,
   * however deep, but not the suffix itself. An exact host beats a wildcard, a longer wildcard a shorter one.
   */
  host: string;
  /** TCP port, 1 to 65535. Default: 443. */
  port?: number;
  /** Time limits. */
  timeouts?: Timeouts;
  /** How the third party's identity is verified. */
  tls?: UpstreamTls;
  /**
   * Ranges in CIDR notation, otherwise refused as private or special, that this host may resolve to: for third
   * parties behind a private link. Loopback, link-local, multicast and metadata addresses can't be allowed.
   * Default: none.
   */
  allowedCidrs?: string[];
  /** Who may call what: any rule admits. Default: every client that the mesh admits, everything. */
  allow?: Rule[];
  /**
   * Header fields put on every request, in place of the client's own, by name in lower case. Only where every rule
   * in `allow` names clients, methods and paths, and never for a wildcard. A third party that echoes request
   * headers discloses them to the client. Default: none.
   */
  setHeaders?: { [name: string]: HeaderValue };
  /** Repeats of requests that the third party can't have acted on. */
  retries?: Retries;
  /** Refuses at once while the third party fails. Default: none. */
  circuitBreaker?: CircuitBreaker;
  /**
   * What clients' sidecars do on their way to the proxy, beyond balancing and measuring; not with `mesh.mode` `none`.
   * The limits above are the proxy's and hold whatever is said here. Default: nothing.
   */
  mesh?: UpstreamMesh;
  /** How often the third party may be called. Default: no limit. */
  rateLimit?: RateLimit;
  /** Connections to each name of the third party at a time, from each pod. Default: 256. */
  maxConnections?: number;
  /** Requests in flight at a time in each pod; one more is answered 503 at once. Default: 1,024. */
  maxRequests?: number;
  /** The same for each calling service account; those that the mesh does not identify are one. Default: 512. */
  maxRequestsPerClient?: number;
  /** Largest bodies, in bytes. Default: no limit. */
  maxBodyBytes?: BodyLimits;
  /** Whether WebSocket connections are let through. Default: false. */
  websockets?: boolean;
  /**
   * Allows a wildcard over a suffix that strangers share (`*.s3.amazonaws.com`). Only where every rule in `allow`
   * names clients: anyone's bucket is a way out for them. Default: false.
   */
  sharedSuffix?: boolean;
}
