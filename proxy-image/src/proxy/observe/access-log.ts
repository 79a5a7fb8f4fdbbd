import type { Exchange } from "../exchange";
import type { Log } from "./log";

/** Characters of a host in the log; a DNS name has no more. */
const MOST_HOST = 253;
/** Characters of a path in the log. */
const MOST_PATH = 512;
/** W3C Trace Context §3.2: version, trace id, parent id, flags. */
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

/** Writes the line of one exchange. */
export type AccessLog = (exchange: Exchange) => void;

/**
 * One line per exchange. Never the query, header fields or bodies: keys and personal data are there.
 *
 * @param percent share of the requests that went well which is logged; those that did not always are
 */
export function createAccessLog(log: Log, percent: number): AccessLog {
  let share = 0;
  return (exchange) => {
    const { req, caller, destination, failure } = exchange;
    if (!failure) {
      share += percent;
      if (share < 100 || !log.isLevelEnabled("info")) return;
      share -= 100;
    } else if (!log.isLevelEnabled("warn")) return;
    const line = {
      client: caller?.key,
      method: req.method,
      // What was refused is what one looks for: there the header itself, as it came.
      host: destination?.host ?? req.headers.host?.slice(0, MOST_HOST),
      upstream: destination?.route.entry,
      path: pathOf(req.url ?? ""),
      status: exchange.status,
      durationMs: Math.round((performance.now() - exchange.startedAt) * 100) / 100,
      requestBytes: exchange.body?.bytes ?? 0,
      responseBytes: exchange.bytesOut,
      retries: exchange.retries || undefined,
      abandoned: exchange.abandoned || undefined,
      error: failure?.name,
      reason: exchange.reason,
      cause: exchange.cause === undefined ? undefined : describe(exchange.cause),
      traceId: traceOf(req.headers.traceparent),
    };
    if (failure) log.warn(line, "request");
    else log.info(line, "request");
  };
}

function pathOf(target: string): string {
  const query = target.indexOf("?");
  const path = query === -1 ? target : target.slice(0, query);
  return path.length > MOST_PATH ? `${path.slice(0, MOST_PATH)}…` : path;
}

function traceOf(traceparent: string | string[] | undefined): string | undefined {
  return typeof traceparent === "string" ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
}

/** The innermost error: its code and message, without a stack. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if (error.cause instanceof Error) return describe(error.cause);
  const { code } = error as NodeJS.ErrnoException;
  return code ? `${code}: ${error.message}` : error.message;
}
