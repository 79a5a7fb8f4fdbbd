import { isDomain } from "./names";

/**
 * Top-level domains that no third party on the Internet has: Kubernetes' own `svc`, and those that IANA's registry of
 * special-use names sets apart (RFC 6761, RFC 6762, RFC 9476, ICANN's `internal`).
 */
const NOT_PUBLIC: ReadonlySet<string> = new Set([
  "svc",
  "alt",
  "arpa",
  "example",
  "internal",
  "invalid",
  "local",
  "localhost",
  "onion",
  "test",
]);

/**
 * Whether a host, by its name alone, can be a third party's on the Internet: one that `upstreams` could list. The
 * addresses that it resolves to are checked separately.
 */
export function isPublicName(host: string): boolean {
  return isDomain(host) && host.includes(".") && !NOT_PUBLIC.has(host.slice(host.lastIndexOf(".") + 1));
}
