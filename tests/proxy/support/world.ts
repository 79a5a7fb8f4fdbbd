import assert from "node:assert/strict";
import { once } from "node:events";
import type http from "node:http";
import https from "node:https";
import type net from "node:net";
import type { AddressInfo, Server } from "node:net";
import tls from "node:tls";
import { pino } from "pino";
import type {
  Policy,
  PolicyAudit,
  PolicyLimits,
  PolicyTracing,
  PolicyUpstream,
} from "../../../proxy-image/src/contract/policy/policy";
import { parsePolicy } from "../../../proxy-image/src/contract/policy/validate";
import { type Proxy, createProxy } from "../../../proxy-image/src/proxy/create-proxy";
import { FailureError, dnsError } from "../../../proxy-image/src/proxy/errors/failures";
import { createTracing } from "../../../proxy-image/src/proxy/trace/tracing";
import type { Network } from "../../../proxy-image/src/proxy/upstream/network";
import { type Authority, createAuthority } from "./certificates";

/** Made once per test file. */
export const authority: Authority = createAuthority();

/** A range that is public, so that the proxy may dial it; the tests' network leads it to loopback. */
const PUBLIC = "93.184.216.";

/** Names and addresses of a pretended Internet. */
export class Internet implements Network {
  /** Canonical name → addresses. */
  readonly names = new Map<string, string[]>();
  /** Address → port on loopback. */
  readonly machines = new Map<string, number>();
  /** Names as they were asked for. */
  readonly resolved: string[] = [];
  /** Addresses as they were connected, with ports. */
  readonly connected: string[] = [];
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<net.Socket>();

  resolve(name: string): Promise<{ addresses: string[]; ttl: number }> {
    this.resolved.push(name);
    const addresses = this.names.get(name.replace(/\.$/, ""));
    return addresses
      ? Promise.resolve({ addresses, ttl: 1 })
      : Promise.reject(new FailureError(dnsError, "no such name"));
  }

  endpoint(address: string, port: number): { host: string; port: number } {
    this.connected.push(`${address}:${port}`);
    const machine = this.machines.get(address);
    // Port 1 of loopback refuses, as an address would where nobody listens.
    return { host: "127.0.0.1", port: machine ?? 1 };
  }

  /** A third party: names, one address, a server behind it. Returns the address. */
  async add(names: string[], server: Server): Promise<string> {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    server.on("connection", (socket: net.Socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
    this.servers.push(server);
    const address = `${PUBLIC}${this.machines.size + 1}`;
    this.machines.set(address, (server.address() as AddressInfo).port);
    for (const name of names) this.names.set(name, [address]);
    return address;
  }

  /** A third party that speaks HTTPS. */
  https(names: string[], handle: http.RequestListener, options: https.ServerOptions = {}): Promise<string> {
    return this.add(names, https.createServer({ ...authority.issue(names), ...options }, handle));
  }

  /** A third party that sends what it likes over TLS. */
  tls(names: string[], handle: (socket: tls.TLSSocket) => void): Promise<string> {
    const server = tls.createServer(authority.issue(names), (socket) => {
      socket.on("error", () => undefined);
      handle(socket);
    });
    return this.add(names, server);
  }

  /** The server behind a name. */
  server(name: string): Server {
    const port = this.machines.get(this.names.get(name)![0]!);
    return this.servers.find((server) => (server.address() as AddressInfo).port === port)!;
  }

  /** Connections to third parties that are open now. */
  get open(): number {
    return this.sockets.size;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(this.servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/** An upstream's entry in the policy, with the component's defaults and the tests' authority. */
export function upstream(service: string, changes: Partial<PolicyUpstream> = {}): PolicyUpstream {
  return {
    service,
    port: 443,
    timeouts: { connect: 2_000, response: 5_000, idle: 5_000, stream: 3_600_000 },
    tls: { minVersion: "TLSv1.2", caCertificates: authority.ca },
    allowedCidrs: [],
    ...changes,
  };
}

/** The header field by which the sidecar names a client: `namespace/account`. */
export function clientField(name: string): Record<string, string> {
  const [namespace, account] = name.split("/") as [string, string];
  return { "l5d-client-id": `${account}.${namespace}.serviceaccount.identity.linkerd.cluster.local` };
}

/** A policy for these hosts. */
export function policyOf(upstreams: Record<string, PolicyUpstream>): Policy {
  return {
    version: 1,
    domain: "egress.local",
    services: { namespace: "egress", clusterDomain: "cluster.local" },
    mesh: { identitySuffix: "serviceaccount.identity.linkerd.cluster.local" },
    limits: { headerBytes: 32_768, headerFields: 200 },
    upstreams,
  };
}

/** A proxy that listens on loopback, in front of a pretended Internet. */
export interface World {
  internet: Internet;
  proxy: Proxy;
  /** Data port. */
  port: number;
  adminPort: number;
  /** Lines of the log so far. */
  log: Record<string, unknown>[];
  close(): Promise<void>;
}

/** Starts a proxy for a policy that has passed the proxy's own validation. */
export async function startWorld(
  upstreams: Record<string, PolicyUpstream>,
  options: {
    own?: string[];
    internet?: Internet;
    credentials?: string;
    logPercent?: number;
    mesh?: "required" | "optional";
    audit?: PolicyAudit;
    limits?: PolicyLimits;
    tracing?: PolicyTracing;
  } = {},
): Promise<World> {
  const {
    internet = new Internet(),
    own = [],
    credentials,
    logPercent = 100,
    mesh = "optional",
    audit,
    limits,
    tracing,
  } = options;
  const policy = parsePolicy(
    JSON.stringify({ ...policyOf(upstreams), audit, tracing, ...(limits && { limits }) }),
  );
  const log: Record<string, unknown>[] = [];
  const logger = pino(
    { level: "info", base: null },
    { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const proxy = createProxy({
    policy,
    mesh,
    network: internet,
    log: logger,
    own,
    credentials,
    logPercent,
    createTracing: tracing && createTracing,
  });
  const ports: number[] = [];
  for (const server of [proxy.data, proxy.admin]) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ports.push((server.address() as AddressInfo).port);
  }
  const [port, adminPort] = ports as [number, number];
  return {
    internet,
    proxy,
    port,
    adminPort,
    log,
    async close() {
      for (const server of [proxy.data, proxy.admin]) {
        server.close();
        server.closeAllConnections();
      }
      proxy.destroy();
      await internet.close();
    },
  };
}

/** Waits until something is so; a test fails after two seconds. */
export async function eventually(check: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 2_000;
  while (!check()) {
    assert.ok(performance.now() < deadline, `not within 2 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
