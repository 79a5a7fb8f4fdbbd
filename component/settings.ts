import { type Audit, LogLevel } from "./args/observation";
import type { HeaderValue } from "./args/access";
import type { EgressProxyArgs } from "./args/egress-proxy";
import type { Upstream } from "./args/upstream";
import { type Dns, type DnsConfigMap, DnsMode, DnsTarget, NodeLocalFormat } from "./args/dns";
import { MeshMode } from "./args/mesh";
import type { Monitoring } from "./args/monitoring";
import type { Tracing } from "./args/tracing";
import { TlsVersion } from "./args/upstream-tls";
import { HEADER_BYTES, HEADER_FIELDS } from "../proxy-image/src/contract/policy/limits";
import type {
  PolicyAudit,
  PolicyLimits,
  PolicySetHeader,
  PolicyTracing,
  PolicyUpstream,
} from "../proxy-image/src/contract/policy/policy";
import type { TargetKind } from "../proxy-image/src/contract/stub-domain/target-ref";
import { type Collector, collectorOf } from "./network-policy/collector";
import { type NetworkPolicySettings, networkPolicySettings } from "./network-policy/settings";
import { ANY_HOST } from "./names";
import { endOfDay } from "./validation/values/day";
import { parseDuration } from "./validation/values/duration";

export const DEFAULT_DOMAIN = "egress.local";
export const DEFAULT_NAMESPACE = "egress";
export const DEFAULT_CLUSTER_DOMAIN = "cluster.local";

/** Plain arguments with all defaults. Inputs stay with the resource that takes them. */
export interface Settings {
  upstreams: UpstreamSettings[];
  domain: string;
  namespace: string;
  createNamespace: boolean;
  clusterDomain: string;
  /** Seconds. */
  drain: number;
  mesh: MeshMode;
  trustDomain: string;
  controlPlaneNamespace: string;
  /** Whether the mesh lets the proxy's namespace out. */
  egressNetwork: boolean;
  /** Whether the API server denies proxy pods without a sidecar. */
  sidecarAdmission: boolean;
  /** Who reads metrics; undefined: nobody. */
  monitoring: Required<Pick<Monitoring, "namespaces" | "meshed">> | undefined;
  dns: DnsMode;
  /** The targets of the stub domain's controllers, one each. */
  dnsTargets: DnsTargetSettings[];
  /** The Service of the cluster's DNS; undefined: found by its label. */
  clusterDnsService: string | undefined;
  /** An existing namespace for the stub domain's controller; undefined: one is created. */
  controllerNamespace: string | undefined;
  logLevel: LogLevel;
  logPercent: number;
  /** Undefined: none. */
  tracing: TracingSettings | undefined;
  /** Undefined: none. */
  audit: AuditSettings | undefined;
  limits: PolicyLimits;
  /** Undefined: none. */
  networkPolicies: NetworkPolicySettings | undefined;
}

/** A kind of target, and what is special about its ConfigMap. */
export interface DnsTargetSettings {
  kind: TargetKind;
  configMap: DnsConfigMap;
}

/** The policy's settings of an upstream, without its Service. */
export interface UpstreamSettings extends Omit<PolicyUpstream, "service"> {
  host: string;
}

/** Traces, and where their collector is. */
export interface TracingSettings {
  policy: PolicyTracing;
  collector: Collector;
  /** Ranges of the collector's addresses; undefined: as its URL says. */
  cidrs: string[] | undefined;
}

/** The policy's settings of an audit, without its Service. */
export type AuditSettings = Omit<PolicyAudit, "service">;

/** Adds the defaults to validated arguments. */
export function settingsOf(args: EgressProxyArgs): Settings {
  return {
    upstreams: args.upstreams.map(upstreamSettings),
    domain: args.domain ?? DEFAULT_DOMAIN,
    namespace: args.namespace ?? DEFAULT_NAMESPACE,
    createNamespace: args.createNamespace ?? true,
    clusterDomain: args.dns?.clusterDomain ?? DEFAULT_CLUSTER_DOMAIN,
    drain: Math.ceil(milliseconds(args.drain ?? "60s") / 1_000),
    mesh: args.mesh?.mode ?? MeshMode.Required,
    trustDomain: args.mesh?.trustDomain ?? "cluster.local",
    controlPlaneNamespace: args.mesh?.controlPlaneNamespace ?? "linkerd",
    egressNetwork: args.mesh?.egressNetwork ?? true,
    sidecarAdmission:
      (args.mesh?.mode ?? MeshMode.Required) === MeshMode.Required && (args.mesh?.admissionPolicy ?? true),
    monitoring: args.monitoring?.namespaces && {
      namespaces: args.monitoring.namespaces,
      meshed: args.monitoring.meshed ?? false,
    },
    dns: args.dns?.mode ?? DnsMode.StubDomain,
    dnsTargets: dnsTargets(args.dns ?? {}),
    clusterDnsService: args.dns?.service,
    controllerNamespace: args.dns?.controllerNamespace,
    logLevel: args.log?.level ?? LogLevel.Info,
    logPercent: args.log?.percent ?? 100,
    tracing: args.tracing && tracingSettings(args.tracing, args),
    audit: args.audit && auditSettings(args.audit),
    limits: {
      headerBytes: args.limits?.headerBytes ?? HEADER_BYTES.fallback,
      headerFields: args.limits?.headerFields ?? HEADER_FIELDS.fallback,
    },
    networkPolicies: networkPolicySettings(args.networkPolicies, args.monitoring),
  };
}

const NODE_LOCAL_KINDS: Readonly<Record<NodeLocalFormat, TargetKind>> = {
  corefile: "nodeLocalDns",
  imported: "nodeLocalDnsCustom",
  stubDomains: "nodeLocalStubDomains",
};

function dnsTargets({ target = DnsTarget.Coredns, configMap, nodeLocalDns, nodeLocalConfigMap }: Dns) {
  const targets: DnsTargetSettings[] = [];
  if (target !== DnsTarget.NodeLocalDns) targets.push({ kind: target, configMap: configMap ?? {} });
  if (target === DnsTarget.NodeLocalDns || nodeLocalDns) {
    const { format = NodeLocalFormat.Corefile, ...object } = nodeLocalConfigMap ?? {};
    targets.push({ kind: NODE_LOCAL_KINDS[format], configMap: object });
  }
  return targets;
}

function upstreamSettings(upstream: Upstream): UpstreamSettings {
  const { host, timeouts, tls, retries, circuitBreaker, rateLimit, setHeaders, maxBodyBytes } = upstream;
  const budgetPercent = retries?.budgetPercent ?? 20;
  return {
    host,
    port: upstream.port ?? 443,
    timeouts: {
      connect: milliseconds(timeouts?.connect ?? "5s"),
      response: milliseconds(timeouts?.response ?? "60s"),
      idle: milliseconds(timeouts?.idle ?? "60s"),
      stream: milliseconds(timeouts?.stream ?? "1h"),
      ...(timeouts?.total !== undefined && { total: milliseconds(timeouts.total) }),
    },
    tls: {
      minVersion: tls?.minVersion ?? TlsVersion.Tls12,
      ...(tls?.serverName !== undefined && { serverName: tls.serverName }),
      ...(tls?.caCertificates !== undefined && { caCertificates: tls.caCertificates }),
      ...(tls?.clientCertificate && {
        clientCertificate: {
          certificate: tls.clientCertificate.certificate,
          key: tls.clientCertificate.privateKey,
        },
      }),
    },
    allowedCidrs: upstream.allowedCidrs ?? [],
    ...(upstream.allow && { allow: upstream.allow }),
    ...(upstream.encodedSlashes && { encodedSlashes: true }),
    ...originSettings(upstream),
    ...(setHeaders !== undefined &&
      Object.keys(setHeaders).length > 0 && {
        setHeaders: mapValues(setHeaders, headerSettings),
      }),
    maxConnections: upstream.maxConnections ?? 256,
    maxConnectionAge: milliseconds(upstream.maxConnectionAge ?? "10m"),
    maxRequests: upstream.maxRequests ?? 1_024,
    maxRequestsPerClient: upstream.maxRequestsPerClient ?? 512,
    ...(maxBodyBytes && { maxBodyBytes }),
    ...(budgetPercent > 0 && { retries: { budgetPercent } }),
    ...(rateLimit && {
      rateLimit: {
        requests: rateLimit.requests,
        period: milliseconds(rateLimit.period ?? "1s"),
        burst: rateLimit.burst ?? rateLimit.requests,
      },
    }),
    ...(circuitBreaker && {
      circuitBreaker: {
        failures: circuitBreaker.failures ?? 10,
        reset: milliseconds(circuitBreaker.reset ?? "10s"),
      },
    }),
    ...(upstream.websockets && { websockets: { maxAge: milliseconds(timeouts?.websocket ?? "1h") } }),
  };
}

/** Empty and default values are omitted, so that a diff of the policy's text shows only what was set. */
function originSettings({
  passHeaders = [],
  propagateTrace = false,
  via = true,
  hostHeader,
  bodyMethods = [],
  linksTo = [],
  linkHeaders = [],
}: Upstream): Partial<UpstreamSettings> {
  return {
    ...(passHeaders.length > 0 && { passHeaders }),
    ...(propagateTrace && { propagateTrace }),
    ...(!via && { via }),
    ...(hostHeader !== undefined && { hostHeader }),
    ...(bodyMethods.length > 0 && { bodyMethods }),
    ...(linksTo.length > 0 && { linksTo }),
    ...(linkHeaders.length > 0 && { linkHeaders }),
  };
}

function tracingSettings(
  { endpoint, sampleRatio = 0.1, clientSampledPerSecond = 100, headers = {}, cidrs }: Tracing,
  { namespace = DEFAULT_NAMESPACE, dns }: EgressProxyArgs,
): TracingSettings {
  return {
    policy: {
      endpoint,
      sampleRatio,
      clientSampledPerSecond,
      ...(Object.keys(headers).length > 0 && { headers: mapValues(headers, headerSettings) }),
    },
    collector: collectorOf(endpoint, namespace, dns?.clusterDomain ?? DEFAULT_CLUSTER_DOMAIN),
    cidrs,
  };
}

function headerSettings({ credential, prefix }: HeaderValue): PolicySetHeader {
  return { credential, prefix: prefix ?? "" };
}

/** An unlisted host is called like a listed one without further settings, so that listing it changes nothing. */
function auditSettings({ namespaces, until }: Audit): AuditSettings {
  const {
    timeouts,
    maxConnections,
    maxConnectionAge,
    maxRequests,
    maxRequestsPerClient,
    retries,
    websockets,
  } = upstreamSettings({ host: ANY_HOST, websockets: true });
  return {
    namespaces: [...namespaces].sort(),
    until: endOfDay(until),
    timeouts,
    maxConnections,
    maxConnectionAge,
    maxRequests,
    maxRequestsPerClient,
    retries,
    websockets,
  };
}

function mapValues<T, U>(values: { [key: string]: T }, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}

function milliseconds(duration: string): number {
  const value = parseDuration(duration);
  if (value === undefined) throw new Error(`unchecked duration ${JSON.stringify(duration)}`);
  return value;
}
