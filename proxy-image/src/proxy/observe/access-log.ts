import type { Exchange } from "../exchange";
import type { Log } from "./log";

/** Characters of a path in the log. */
const MOST_PATH = 512;

/** One line per exchange. Never the query: keys and personal data are there. */
export function accessLine(log: Log, exchange: Exchange): void {
  if (!log.isLevelEnabled("info")) {
    if (!exchange.failure || !log.isLevelEnabled("warn")) return;
  }
  const { req, caller, destination, failure, startedAt } = exchange;
  const line = {
    client: caller?.key,
    method: req.method,
    host: destination?.host,
    upstream: destination?.route.entry,
    path: pathOf(req.url ?? ""),
    status: exchange.status,
    retries: exchange.retries || undefined,
    durationMs: Math.round((performance.now() - startedAt) * 100) / 100,
    requestBytes: exchange.body?.bytes ?? 0,
    responseBytes: exchange.bytesOut,
    abandoned: exchange.abandoned || undefined,
    error: failure?.name,
    reason: exchange.reason,
    cause: exchange.cause === undefined ? undefined : describe(exchange.cause),
  };
  if (failure) log.warn(line, "request");
  else log.info(line, "request");
}

function pathOf(target: string): string {
  const query = target.indexOf("?");
  const path = query === -1 ? target : target.slice(0, query);
  return path.length > MOST_PATH ? `${path.slice(0, MOST_PATH)}…` : path;
}

/** The innermost error: its code and message, without a stack. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if (error.cause instanceof Error) return describe(error.cause);
  const { code } = error as NodeJS.ErrnoException;
  return code ? `${code}: ${error.message}` : error.message;
}
