import { type Logger, pino } from "pino";

/** The proxy's log. */
export type Log = Logger;

/** Severities, lowest first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Milliseconds for which a line may wait for further ones. */
const FLUSH_EVERY = 500;
/**
 * Bytes that are written together. Each write wakes a thread of libuv's and is woken by it, which at 4 KiB cost as much
 * as making the lines.
 */
const TOGETHER = 64 * 1024;
/** Bytes that a UTF-16 unit takes in UTF-8, at most. */
const WIDEST = 3;

/** JSON lines on standard output: `time` as ISO 8601, `level` by name. */
export function createLog(level: LogLevel): Log {
  const output = pino.destination({ dest: 1, sync: false, contentMode: "buffer" });
  const lines = new Lines((bytes) => output.write(bytes as unknown as string));
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

/** Holds lines as bytes, so that many are written together, and none of them stays in the heap. */
class Lines {
  private held = Buffer.allocUnsafeSlow(TOGETHER);
  private used = 0;

  constructor(private readonly output: (bytes: Buffer) => void) {}

  write(line: string): void {
    const most = line.length * WIDEST;
    if (most > TOGETHER - this.used) this.flush();
    if (most > TOGETHER) this.output(Buffer.from(line));
    else this.used += this.held.write(line, this.used);
  }

  flush(): void {
    const { held, used } = this;
    if (used === 0) return;
    this.output(held.subarray(0, used));
    // The other one may not be written yet.
    this.held = Buffer.allocUnsafeSlow(TOGETHER);
    this.used = 0;
  }
}

/** Writes complete lines between the log's own. */
export function lineWriter(log: Log): (line: string) => void {
  const stream = (log as unknown as Record<symbol, { write(line: string): void }>)[pino.symbols.streamSym]!;
  return (line) => stream.write(line);
}
