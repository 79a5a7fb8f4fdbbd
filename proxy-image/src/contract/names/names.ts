import { isIP } from "node:net";

/** A DNS label in lower case; `_` is allowed because third parties use it in names below a wildcard. */
const LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
const HOSTNAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
const ONLY_DIGITS = /^\d+$|^0x[0-9a-f]*$/;

/**
 * Whether a name is a canonical DNS name: lower case, no trailing dot, labels of at most 63 and in total at most 253
 * characters, and not a form of an IPv4 address: URL parsers read a name as one if its last label is a number (WHATWG
 * URL §3.5).
 */
export function isHostname(name: string): boolean {
  if (name.length > 253 || !HOSTNAME.test(name)) return false;
  return !ONLY_DIGITS.test(name.slice(name.lastIndexOf(".") + 1));
}

/** Whether a name can be a cluster's own DNS domain: a canonical DNS name without `_`. */
export function isDomain(name: string): boolean {
  return isHostname(name) && !name.includes("_");
}

/** Whether a text can be an upstream's host: a name of at least two labels, or `*.` and a name. */
export function isUpstreamHost(host: string): boolean {
  return host.startsWith("*.") ? isHostname(host.slice(2)) : host.includes(".") && isHostname(host);
}

/** Whether a text is a host with an optional port, as in a Host field: `api.example.com`, `api.example.com:8443`. */
export function isAuthority(text: string): boolean {
  const [host = "", port, ...more] = text.split(":");
  if (!host.includes(".") || !isHostname(host) || more.length > 0) return false;
  return port === undefined || (/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535);
}

/** Whether a name is a Kubernetes Service's (RFC 1035 label). */
export function isServiceName(name: string): boolean {
  return /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name);
}

/** Whether a name is a Kubernetes namespace's (RFC 1123 label). */
export function isNamespaceName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name);
}

/** Whether a name is a Kubernetes service account's (RFC 1123 subdomain, so with dots). */
export function isServiceAccountName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(name);
}

/** Whether a text is an IPv4 or IPv6 address. */
export function isIpAddress(text: string): boolean {
  return isIP(text) !== 0;
}
