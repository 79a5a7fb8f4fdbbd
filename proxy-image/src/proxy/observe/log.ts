import { type Logger, pino } from "pino";

/** The proxy's log. */
export type Log = Logger;

/** Severities, lowest first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Milliseconds. */
const FLUSH_EVERY = 500;

/** JSON lines on standard output: `time` as ISO 8601, `level` by name. */
export function createLog(level: LogLevel): Log {
  const destination = pino.destination({ dest: 1, sync: false, minLength: 4_096 });
  // A line must not wait for the next ones for long; at the end none may be lost.
  setInterval(() => destination.flush(), FLUSH_EVERY).unref();
  process.on("exit", () => destination.flushSync());
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}

/** Writes whole lines among the log's own. */
export function lineWriter(log: Log): (line: string) => void {
  const stream = (log as unknown as Record<symbol, { write(line: string): void }>)[pino.symbols.streamSym]!;
  return (line) => stream.write(line);
}
