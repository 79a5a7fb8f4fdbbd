import { type Logger, pino } from "pino";
import { type DeferredWriter, atEndOfIteration } from "./event-loop";

/** The proxy's log. */
export type Log = Logger;

/** Severities, lowest first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Milliseconds. */
const FLUSH_EVERY = 500;

/** JSON lines on standard output: `time` as ISO 8601, `level` by name. */
export function createLog(level: LogLevel): Log {
  const output = pino.destination({ dest: 1, sync: false, minLength: 4_096 });
  const lines = new Lines((text) => output.write(text));
  // A line must not wait long for further lines. None may be lost when the process ends.
  setInterval(() => output.flush(), FLUSH_EVERY).unref();
  process.on("exit", () => {
    lines.send();
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

/** Writes the lines of an event-loop iteration together: at every write, the destination measures all that it holds. */
class Lines implements DeferredWriter {
  private held = "";

  constructor(private readonly output: (text: string) => void) {}

  write(line: string): void {
    if (this.held === "") atEndOfIteration(this);
    this.held += line;
  }

  send(): void {
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
