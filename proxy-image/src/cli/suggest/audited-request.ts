import { isMethod } from "../../contract/names/method";
import { AUDIT_ENTRY } from "../../contract/policy/audit-entry";
import { serviceAccountOf } from "../../contract/names/service-account";
import { isPublicName } from "../../contract/names/public-name";
import { isRecord } from "../../contract/policy/schema";

/**
 * A request that an audit let through. Every text has been validated, so it can be written into a list of upstreams.
 */
export interface AuditedRequest {
  readonly host: string;
  readonly client: { readonly namespace: string; readonly serviceAccount: string };
  readonly method: string;
  /** Whether the third party's whole response arrived. */
  readonly answered: boolean;
  /** Whether it became a WebSocket connection. */
  readonly websocket: boolean;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/**
 * Reads one line of a proxy's log.
 *
 * @returns "other" for a log line about anything else; undefined for a line that is not from the log, or is malformed:
 * nothing of it may be printed
 */
export function auditedRequest(line: string): AuditedRequest | "other" | undefined {
  const entry = parse(line);
  if (!entry || typeof entry.msg !== "string") return undefined;
  if (entry.msg !== "request" || entry.upstream !== AUDIT_ENTRY) return "other";
  const { host, method, status } = entry;
  const client = typeof entry.client === "string" ? serviceAccountOf(entry.client) : undefined;
  const time = typeof entry.time === "string" ? Date.parse(entry.time) : NaN;
  const isWhole = typeof host === "string" && typeof method === "string" && typeof status === "number";
  if (!isWhole || !client || Number.isNaN(time) || !isPublicName(host) || !isMethod(method)) return undefined;
  const answered = entry.error === undefined && status >= 100;
  return { host, client, method, answered, websocket: status === 101, time };
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
