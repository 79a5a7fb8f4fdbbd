import type { EgressProxyArgs, Upstream } from "./args";
import { DnsMode, LogLevel, MeshMode, TlsVersion } from "./args";
import { DEFAULT_CLUSTER_DOMAIN, DEFAULT_DOMAIN, DEFAULT_NAMESPACE } from "./validation/arguments";
import { parseDuration } from "./validation/duration";

/** Plain arguments with every default filled in. Inputs stay with the resource that takes them. */
export interface Settings {
  upstreams: UpstreamSettings[];
  domain: string;
  namespace: string;
  createNamespace: boolean;
  clusterDomain: string;
  /** Seconds. */
  drain: number;
  mesh: MeshMode;
  dns: DnsMode;
  logLevel: LogLevel;
}

/** An upstream with every default filled in; times in milliseconds. */
export interface UpstreamSettings {
  host: string;
  port: number;
  timeouts: { connect: number; response: number; idle: number };
  tls: { minVersion: TlsVersion; serverName?: string; caCertificates?: string };
  allowedCidrs: string[];
}

/** Fills in the defaults of checked arguments. */
export function settingsOf(args: EgressProxyArgs): Settings {
  return {
    upstreams: args.upstreams.map(upstreamSettings),
    domain: args.domain ?? DEFAULT_DOMAIN,
    namespace: args.namespace ?? DEFAULT_NAMESPACE,
    createNamespace: args.createNamespace ?? true,
    clusterDomain: args.dns?.clusterDomain ?? DEFAULT_CLUSTER_DOMAIN,
    drain: Math.ceil(milliseconds(args.drain, "60s") / 1_000),
    mesh: args.mesh?.mode ?? MeshMode.Required,
    dns: args.dns?.mode ?? DnsMode.StubDomain,
    logLevel: args.log?.level ?? LogLevel.Info,
  };
}

function upstreamSettings({ host, port, timeouts, tls, allowedCidrs }: Upstream): UpstreamSettings {
  return {
    host,
    port: port ?? 443,
    timeouts: {
      connect: milliseconds(timeouts?.connect, "5s"),
      response: milliseconds(timeouts?.response, "60s"),
      idle: milliseconds(timeouts?.idle, "60s"),
    },
    tls: { ...tls, minVersion: tls?.minVersion ?? TlsVersion.Tls12 },
    allowedCidrs: allowedCidrs ?? [],
  };
}

function milliseconds(duration: string | undefined, byDefault: string): number {
  const text = duration ?? byDefault;
  const value = parseDuration(text);
  if (value === undefined) throw new Error(`unchecked duration ${JSON.stringify(text)}`);
  return value;
}
