import { setInterval } from "node:timers";
import { run } from "./run";

/** Seconds between two lines of progress. */
const EVERY = 15;

/** What `go build -v` has done so far. */
export interface Compiled {
  /** Modules that were downloaded. */
  readonly modules: number;
  readonly packages: number;
}

/**
 * Reads a line of `go build -v`: a downloaded module, or a package that is compiled. Anything else is output of a
 * compiler and counts as nothing.
 */
export function count({ modules, packages }: Compiled, line: string): Compiled {
  if (line.startsWith("go: downloading ")) return { modules: modules + 1, packages };
  return /^[\w.][\w./~-]*$/.test(line) ? { modules, packages: packages + 1 } : { modules, packages };
}

/** One line for people: what is compiled, how far, since when. */
export function progressLine(
  name: string,
  { modules, packages }: Compiled,
  total: number,
  seconds: number,
): string {
  const time = `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  const what =
    packages === 0 && modules > 0
      ? `${modules} modules downloaded`
      : `${packages} of at most ${total} packages compiled`;
  return `  ${name}: ${what}, ${time}`;
}

/**
 * `go build`, which says nothing for minutes, with a line of progress every 15 seconds.
 *
 * @param name of the program, for the lines
 * @param args after `go build`
 * @param target the package's import path
 * @throws CommandError
 */
export async function compile(
  name: string,
  args: readonly string[],
  target: string,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  progress: (line: string) => void,
): Promise<void> {
  const began = performance.now();
  let done: Compiled = { modules: 0, packages: 0 };
  let total = 0;
  const onLine = (line: string): void => void (done = count(done, line));
  const timer = setInterval(
    () => progress(progressLine(name, done, total, (performance.now() - began) / 1_000)),
    EVERY * 1_000,
  );
  try {
    // It downloads the modules that are missing; packages that are compiled already are in the count too.
    const { stdout } = await run("go", ["list", "-deps", target], { ...options, onLine });
    total = stdout.trim().split("\n").length;
    await run("nice", ["go", "build", "-v", ...args, target], { ...options, onLine });
  } finally {
    clearInterval(timer);
  }
}
