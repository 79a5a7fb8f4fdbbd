import type { Policy, PolicyUpstream } from "../../../proxy-image/src/contract/policy/policy";
import { PATHS, upstreamHost } from "../stage/third-parties";
import type { Upstream } from "../stage/upstream";

/** The domain of the names by which the load calls. */
export const EGRESS_DOMAIN = "egress.local";
const IDENTITY_SUFFIX = "serviceaccount.identity.linkerd.cluster.local";
/** What the mesh says of the load: the client that the policy's rules name. */
export const CLIENT_ID = `load.bench.${IDENTITY_SUFFIX}`;

/** Every upstream with rules for clients, methods and paths, limits, retries and a breaker, as one would want. */
export function policyOf(count: number, { ca }: Upstream): Policy {
  const upstreams: Record<string, PolicyUpstream> = {};
  for (let i = 0; i < count; i++) upstreams[upstreamHost(i)] = upstream(`u${i}`, ca);
  return {
    version: 1,
    domain: EGRESS_DOMAIN,
    services: { namespace: "egress", clusterDomain: "cluster.local" },
    mesh: { identitySuffix: IDENTITY_SUFFIX },
    limits: { headerBytes: 32_768, headerFields: 200 },
    upstreams,
  };
}

function upstream(service: string, ca: string): PolicyUpstream {
  return {
    service,
    port: 443,
    timeouts: { connect: 5_000, response: 30_000, idle: 30_000, stream: 3_600_000, total: 120_000 },
    tls: { minVersion: "TLSv1.2", caCertificates: ca },
    allowedCidrs: [],
    allow: [
      {
        clients: [{ namespace: "bench", serviceAccount: "load" }],
        methods: ["GET", "POST"],
        paths: Object.values(PATHS),
      },
    ],
    maxRequests: 1_000,
    maxRequestsPerClient: 1_000,
    maxBodyBytes: { request: 10_000_000, response: 10_000_000 },
    websockets: { maxAge: 3_600_000 },
    retries: { budgetPercent: 20 },
    circuitBreaker: { failures: 20, reset: 5_000 },
  };
}
