import { createHash } from "node:crypto";
import type { Server } from "node:http";
import type { Policy } from "../contract/policy/policy";
import { createAdminServer } from "./admin/admin-server";
import { createDebugServer } from "./admin/debug-server";
import { createAudit } from "./authorise/audit";
import { createClients } from "./authorise/clients";
import { type Routes, createRoutes } from "./route/routes";
import { createChain } from "./server/chain";
import { DataServer } from "./server/data-server";
import { drain } from "./server/drain";
import { PROXY_NAME } from "./errors/problem";
import { createLinkPolicy } from "./forward/links";
import { outwardReferences } from "./forward/outward-references";
import type { BreakerState } from "./upstream/breaker";
import { startClock } from "./limit/clock";
import type { MeshMode } from "./mesh/sidecar";
import { createAccessLog } from "./observe/access-log";
import type { Log } from "./log";
import { createMetrics } from "./observe/metrics";
import { createObserver } from "./observe/observer";
import { createTraceMetrics } from "./observe/trace-metrics";
import type { Tracing, TracingOptions } from "./trace/tracing";
import { createCredentials } from "./upstream/credentials";
import type { Network } from "./upstream/network";
import { createConnector } from "./upstream/connect/connector";
import { type Origins, createOrigins } from "./upstream/origins";
import { createOwnAddresses } from "./upstream/names/own-addresses";
import { createSeenCertificates } from "./upstream/tls/seen-certificates";

/** Settings and dependencies of a proxy. */
export interface ProxyOptions {
  readonly policy: Policy;
  /** Whether clients that the mesh does not identify are denied. */
  readonly mesh: MeshMode;
  /** DNS and addresses of the world outside. */
  readonly network: Network;
  readonly log: Log;
  /** Addresses that no upstream may have: the API server's and this pod's. */
  readonly own: readonly string[];
  /** Headless Service that selects all pods of this proxy; no upstream may have their addresses either. */
  readonly ownService?: string | undefined;
  /** Folder with a file for each credential that the policy names; absent if it names none. */
  readonly credentials?: string | undefined;
  /** Percentage of successful requests that are logged. Default: 100. */
  readonly logPercent?: number;
  /** Makes traces; needed by a policy that has `tracing`. */
  readonly createTracing?: ((options: TracingOptions) => Tracing) | undefined;
}

/** A proxy. Its servers do not listen yet. */
export interface Proxy {
  /** For applications. */
  readonly data: DataServer;
  /** For probes and metrics. */
  readonly admin: Server;
  /** The policy and the certificates of third parties, for loopback only. */
  readonly debug: Server;
  /**
   * Becomes unready, serves on for a while, then finishes the requests in flight. Milliseconds; returns how many were
   * aborted. Traces are exported last, for two seconds at most.
   */
  drain(limit: number): Promise<number>;
  /** Requests that have begun and not ended. */
  inFlight(): number;
  /** Rereads the credentials at once. */
  refreshCredentials(): void;
  /** Closes all connections to third parties. */
  destroy(): void;
}

/**
 * Creates a proxy from its stages.
 *
 * @throws AmbiguousNameError, CredentialError
 */
export function createProxy({
  policy,
  mesh,
  network,
  log,
  own,
  ownService,
  credentials: folder,
  logPercent = 100,
  createTracing,
}: ProxyOptions): Proxy {
  let draining = false;
  const metrics = createMetrics({
    exchanges: () => observer.exchanges,
    breakers: () => breakerStates(routes, origins),
    upstreams: policy.upstreams,
  });
  const credentials = createCredentials(policy, folder, log);
  const { tracing } = policy;
  const traces =
    tracing &&
    createTracing!({
      tracing,
      namespace: policy.services.namespace,
      credentials,
      log,
      observer: createTraceMetrics(metrics.registry),
    });
  const observer = createObserver(log, metrics, createAccessLog(log, logPercent), traces);
  const routes = createRoutes(policy);
  const ownAddresses = createOwnAddresses(own, ownService, network, log);
  const certificates = createSeenCertificates();
  const connector = createConnector(network, {
    lookup: (lookup, milliseconds) => metrics.lookup(lookup, milliseconds),
    connected(entry, host, certificate) {
      metrics.connected(entry, host, certificate);
      certificates.seen(entry, host, certificate);
    },
  });
  const origins = createOrigins(connector, ownAddresses.isOwn, credentials);
  const chain = createChain({
    routes,
    unlisted: createAudit(policy),
    links: createLinkPolicy(policy, routes),
    outward: outwardReferences(routes),
    credentials,
    inFlight: () => observer.exchanges.size,
    clients: createClients(policy.mesh, mesh),
    origins,
    limits: policy.limits,
    via: pseudonym(policy),
    draining: () => draining,
  });
  const clock = startClock(observer.exchanges);
  const data = new DataServer(chain, observer, policy.limits);
  const admin = createAdminServer(metrics.registry, () => data.listening && !draining, traces !== undefined);
  return {
    data,
    admin,
    debug: createDebugServer(policy, certificates),
    async drain(limit) {
      draining = true;
      const cut = await drain(data, observer, limit);
      await traces?.shutdown();
      return cut;
    },
    inFlight: () => observer.exchanges.size,
    refreshCredentials: () => credentials.refresh(),
    destroy() {
      clock.stop();
      credentials.close();
      ownAddresses.close();
      origins.destroy();
    },
  };
}

/** State per entry of the policy: the worst of its origins'. */
function* breakerStates(routes: Routes, origins: Origins): Iterable<[entry: string, state: BreakerState]> {
  const order: BreakerState[] = ["closed", "half-open", "open"];
  for (const route of routes.all) {
    if (!route.upstream.circuitBreaker) continue;
    let worst = 0;
    for (const { breaker } of origins.of(route)) worst = Math.max(worst, order.indexOf(breaker!.state));
    yield [route.entry, order[worst]!];
  }
}

/**
 * This proxy's name in Via fields. It is the same for all pods, so each pod recognises a request that comes back. It is
 * a hash, so that third parties don't learn names of the cluster.
 */
function pseudonym({ domain, services }: Policy): string {
  const hash = createHash("sha256").update(`${domain}\n${services.namespace}`).digest("hex");
  return `${PROXY_NAME}-${hash.slice(0, 8)}`;
}
