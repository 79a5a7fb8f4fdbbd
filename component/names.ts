import { createHash } from "node:crypto";

/** Kubernetes' limit for a Service's name, a DNS label (RFC 1035 §2.3.1). */
const MAX_LABEL_LENGTH = 63;
const STUB_DOMAIN = "-stub-domain";

/** Stands for every unlisted host during an audit. */
export const ANY_HOST = "*";
const ANY_HOST_SERVICE = "audit---any";

/**
 * Name of the Service that stands for a host: `api.stripe.com` → `api-stripe-com`.
 *
 * Injective, so that no two hosts share a Service: `-` becomes `--` and `.` becomes `-`. No label begins or ends with a
 * hyphen, so an encoded host has single hyphens or even runs of them. Three in a row are free for other cases:
 * wildcards, unlisted hosts, hosts that begin with a digit (a Service's name can't), and names beyond 63 characters,
 * which end in a hash.
 */
export function serviceName(host: string): string {
  if (host === ANY_HOST) return ANY_HOST_SERVICE;
  const wildcard = host.startsWith("*.");
  const encoded = (wildcard ? host.slice(2) : host).replaceAll("-", "--").replaceAll(".", "-");
  const name = wildcard ? `wildcard---${encoded}` : /^\d/.test(encoded) ? `host---${encoded}` : encoded;
  return bounded(name, MAX_LABEL_LENGTH, "---");
}

/** The name itself, or one of at most `length` characters that ends in its hash. */
function bounded(name: string, length: number, separator: string): string {
  if (name.length <= length) return name;
  const hash = shortHash(name);
  return `${name.slice(0, length - hash.length - separator.length).replace(/-+$/, "")}${separator}${hash}`;
}

/** First 12 hexadecimal digits of a text's SHA-256: part of the name of immutable objects. */
export function shortHash(text: string): string {
  return sha256(text).slice(0, 12);
}

/** SHA-256 of a text as UTF-8, in hexadecimal. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Names of everything that one EgressProxy creates. */
export interface Names {
  /** Distinguishes this EgressProxy from all others in the cluster. */
  readonly instance: string;
  readonly proxy: string;
  /** Headless Service that selects all pods of the proxy; no host has a Service of that name. */
  readonly proxyPods: string;
  /** Admission policy of the proxy's pods, cluster-scoped. */
  readonly sidecar: string;
  readonly policy: string;
  readonly dns: string;
  readonly zone: string;
  /** PrometheusRule with the alerts. */
  readonly rules: string;
  /** ConfigMap with Grafana's dashboards. */
  readonly dashboards: string;
  /** Namespace of the controller that edits the cluster's DNS, and name of everything in it. */
  readonly stubDomain: string;
}

/**
 * Cluster-scoped names and selectors contain the instance, so that two EgressProxy in a cluster don't collide. It is
 * injective in namespace and name: `-` becomes `--`, so the single one is the separator between them.
 */
export function namesOf(name: string, namespace: string): Names {
  const [own, whole] = [name, namespace].map((part) => part.replaceAll("-", "--")) as [string, string];
  const instance = bounded(
    own === whole ? own : `${whole}-${own}`,
    MAX_LABEL_LENGTH - STUB_DOMAIN.length,
    "---",
  );
  return {
    instance,
    proxy: `${name}-proxy`,
    proxyPods: `${name}-proxy---pods`,
    sidecar: `${instance}-sidecar`,
    policy: `${name}-policy`,
    dns: `${name}-dns`,
    zone: `${name}-zone`,
    rules: `${name}-rules`,
    dashboards: `${name}-dashboards`,
    stubDomain: `${instance}${STUB_DOMAIN}`,
  };
}
