import type { Policy } from "../../proxy-image/src/contract/policy/policy";
import { policyText } from "../../proxy-image/src/contract/policy/files";
import { shortHash } from "../names";

/**
 * The policy as the component's state keeps it, so that the next run can say what changes: without certificates, which
 * are long, but with their hash.
 */
export function recordOf(policy: Policy): string {
  const upstreams = Object.entries(policy.upstreams).map(([host, upstream]) => {
    const { caCertificates, ...tls } = upstream.tls;
    if (caCertificates === undefined) return [host, upstream] as const;
    return [host, { ...upstream, tls: { ...tls, caCertificates: shortHash(caCertificates) } }] as const;
  });
  return policyText({ ...policy, upstreams: Object.fromEntries(upstreams) });
}

/** The policy of a record; undefined if it is none, such as that of another release. */
export function policyOfRecord(record: unknown): Policy | undefined {
  if (typeof record !== "string") return undefined;
  try {
    const policy = JSON.parse(record) as Partial<Policy> | null;
    return policy?.version === 1 && typeof policy.upstreams === "object" ? (policy as Policy) : undefined;
  } catch {
    return undefined;
  }
}
