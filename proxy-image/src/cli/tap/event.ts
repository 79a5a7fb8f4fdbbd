import { isRecord } from "../../contract/policy/schema";

/** A request that ended, from the proxy's log. Texts are what clients sent: they are not safe for a terminal. */
export interface TapEvent {
  /** ISO 8601. */
  readonly time: string;
  readonly pod: string;
  /** Namespace and service account; absent without a mesh, or if the head could not be read. */
  readonly client?: string;
  readonly method?: string;
  readonly host?: string;
  /** Entry of the policy; absent if none lists the host. */
  readonly upstream?: string;
  readonly path?: string;
  /** 0 if the client left before a response. */
  readonly status: number;
  readonly milliseconds?: number;
  /** Name of the proxy's failure. */
  readonly failure?: string;
  /** Why it failed, in words. */
  readonly reason?: string;
  readonly cancelled?: true;
}

/** Reads a line of a proxy's log. @returns undefined if it is about anything but a request */
export function tapEvent(line: string, pod: string): TapEvent | undefined {
  const entry = parse(line);
  if (!entry || (entry.msg !== "request" && entry.msg !== "unreadable request")) return undefined;
  const text = (name: string) => (typeof entry[name] === "string" ? entry[name] : undefined);
  const [time, client, method, host] = [text("time"), text("client"), text("method"), text("host")];
  const [upstream, path, failure] = [text("upstream"), text("path"), text("error")];
  const reason = text("reason") ?? text("cause");
  if (time === undefined) return undefined;
  return {
    time,
    pod,
    ...(client !== undefined && { client }),
    ...(method !== undefined && { method }),
    ...(host !== undefined && { host }),
    ...(upstream !== undefined && { upstream }),
    ...(path !== undefined && { path }),
    // A head that could not be read got 400, or another 4xx that its failure's name tells.
    status: typeof entry.status === "number" ? entry.status : 400,
    ...(typeof entry.durationMs === "number" && { milliseconds: entry.durationMs }),
    ...(failure !== undefined && { failure }),
    ...(reason !== undefined && { reason }),
    ...(entry.cancelled === true && { cancelled: true as const }),
  };
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
