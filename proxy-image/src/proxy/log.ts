import { type Logger, pino } from "pino";

/** The proxy's log. */
export type Log = Logger;

/** Severities, lowest first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Milliseconds for which a line may wait for further ones. */
const FLUSH_EVERY = 500;
/**
 * Characters that are written together. Each write wakes a thread of libuv's and is woken by it, which at 4 KiB cost as
 * much as making the lines.
 */
const TOGETHER = 64 * 1024;

/** JSON lines on standard output: `time` as ISO 8601, `level` by name. */
export function createLog(level: LogLevel): Log {
  const output = pino.destination({ dest: 1, sync: false });
  const lines = new Lines((text) => output.write(text));
  setInterval(() => lines.flush(), FLUSH_EVERY).unref();
  // None may be lost when the process ends.
  process.on("exit", () => {
    lines.flush();
    output.flushSync();
  });
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    lines,
  );
}

/** Holds lines, so that many are written together. */
class Lines {
  private held = "";

  constructor(private readonly output: (text: string) => void) {}

  write(line: string): void {
    this.held += line;
    if (this.held.length >= TOGETHER) this.flush();
  }

  flush(): void {
    const { held } = this;
    this.held = "";
    if (held !== "") this.output(held);
  }
}

/** Writes complete lines between the log's own. */
export function lineWriter(log: Log): (line: string) => void {
  const stream = (log as unknown as Record<symbol, { write(line: string): void }>)[pino.symbols.streamSym]!;
  return (line) => stream.write(line);
}
