import { Session } from "node:inspector";

/**
 * Counts work instead of time: a figure that is the same on every machine.
 *
 * - Every block of the proxy's code that runs is a step (V8's precise coverage counts them).
 * - A function of the language that reads a text or a list counts as many steps as it reads.
 * - What a regular expression does inside is not seen here. V8 is started so that it reports one that goes back too
 *   often: {@link REGEXP_FLAGS}.
 */
export class WorkCounter {
  private readonly session = new Session();
  private read = 0;

  /** @param of part of the path of the files whose blocks count */
  constructor(private readonly of: string) {
    this.countReaders();
    this.session.connect();
    this.session.post("Profiler.enable");
    this.session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Steps that `run` takes. */
  stepsOf(run: () => void): number {
    this.take();
    run();
    return this.take();
  }

  private take(): number {
    const { read } = this;
    this.read = 0;
    let steps = 0;
    this.session.post("Profiler.takePreciseCoverage", (error, coverage) => {
      if (error) throw error;
      for (const { url, functions } of coverage.result) {
        if (!url.includes(this.of)) continue;
        for (const { ranges } of functions) for (const { count } of ranges) steps += count;
      }
    });
    this.read = 0;
    return steps + read;
  }

  private countReaders(): void {
    const wholeText = [
      "normalize",
      "replace",
      "replaceAll",
      "search",
      "split",
      "toLowerCase",
      "toUpperCase",
      "trim",
    ];
    this.count(String.prototype, wholeText, (text) => text.length);
    this.count(String.prototype, ["slice", "substring"], (_text, found) => (found as string).length);
    this.count(String.prototype, ["includes"], (text) => text.length);
    this.count(String.prototype, ["indexOf"], (text, found, [, from = 0]) => distance(text, found, from));
    this.count(String.prototype, ["lastIndexOf"], (text, found) => text.length - (found as number));
    const wholeList = ["concat", "every", "filter", "includes", "indexOf", "join", "some"];
    this.count(Array.prototype, wholeList, (list) => list.length);
    this.count(Buffer.prototype, ["indexOf"], (bytes, found, [, from = 0]) =>
      distance(bytes as Buffer, found, from),
    );
    this.count(Buffer.prototype, ["toString"], (_bytes, found) => (found as string).length);
    this.countExpressions();
    this.count(Buffer.prototype, ["copy"], (_bytes, copied) => copied as number);
    this.countCopies();
  }

  private countCopies(): void {
    const add = (read: number): void => {
      this.read += 1 + read;
    };
    const functions = Buffer as unknown as Record<string, (...args: unknown[]) => Buffer>;
    for (const name of ["concat", "from"]) {
      const original = functions[name]!;
      functions[name] = (...args) => {
        const made = original.apply(Buffer, args);
        add(made.length);
        return made;
      };
    }
  }

  /** All that a regular expression is used by calls `exec`, once for each match. */
  private countExpressions(): void {
    const add = (read: number): void => {
      this.read += 1 + read;
    };
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the expression as `this`
    const { exec } = RegExp.prototype;
    RegExp.prototype.exec = function counted(this: RegExp, text) {
      const goesOn = this.global || this.sticky;
      const from = goesOn ? this.lastIndex : 0;
      const found = exec.call(this, text);
      const end = found ? found.index + found[0].length : this.sticky ? from : text.length;
      add(end - from);
      return found;
    };
  }

  private count<T extends { length: number }>(
    prototype: T,
    names: readonly string[],
    steps: (self: T, result: unknown, args: readonly unknown[]) => number,
  ): void {
    const functions = prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
    const add = (read: number): void => {
      this.read += 1 + read;
    };
    for (const name of names) {
      const original = functions[name]!;
      functions[name] = function counted(this: T, ...args) {
        const result = original.apply(this, args);
        add(steps(this, result, args));
        return result;
      };
    }
  }
}

function distance({ length }: { length: number }, found: unknown, from: unknown): number {
  return Math.abs((found === -1 ? length : (found as number)) - (from as number));
}

/**
 * V8 goes on with another engine, and says so on standard output, where an expression goes back more often than this
 * for one text. A text of the size below has fewer bytes.
 */
export const REGEXP_FLAGS = [
  "--enable-experimental-regexp-engine-on-excessive-backtracks",
  "--regexp-backtracks-before-fallback=20000",
  "--trace-experimental-regexp-engine",
];
/** What V8 prints then. */
export const REGEXP_REPORT = "Experimental execution";
