import { ensurePrograms } from "../../requirements/machine";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { promisify } from "node:util";

const exec = promisify(execFile);

/** Questions that wait for answers at one time at full speed. */
const AT_ONCE = 100;
/** Lines of a log of single queries: far below what this would hold. */
const MAX_OUTPUT = 256 * 1024 * 1024;

/** What the load generator needs. */
export interface Generator {
  readonly dnsperf: string;
  /** Where its questions are written. */
  readonly file: string;
}

/** Questions to one server. */
export interface Load {
  readonly port: number;
  /** Asked for by A, one after the other; from the start again at their end. */
  readonly names: readonly string[];
  readonly seconds: number;
}

/** @throws RequirementsError that names what to install */
export function findDnsperf(): string {
  ensurePrograms("npm run bench:dns", [{ program: "dnsperf", package: "dnsperf", why: "makes the load" }]);
  return "dnsperf";
}

/**
 * As many queries as go. Ends early where the names run out and may not be asked for again.
 *
 * @returns answers per second
 * @throws Error where one was lost or was no answer: a server that refuses is fast too
 */
export async function peak(generator: Generator, load: Load, { once = false } = {}): Promise<number> {
  const output = await run(generator, load, ["-q", String(AT_ONCE), ...(once ? ["-n", "1"] : [])]);
  return Number(/Queries per second:\s+(\S+)/.exec(output)![1]);
}

/**
 * A fixed rate.
 *
 * @returns milliseconds below which 99 % of the answers came
 */
export async function p99(generator: Generator, load: Load, rate: number): Promise<number> {
  const output = await run(generator, load, ["-v", "-Q", String(rate)]);
  const seconds = [...output.matchAll(/^> \S+ \S+ \S+ (\d+\.\d+)$/gm)].map(([, time]) => Number(time));
  if (seconds.length < (rate * load.seconds) / 2)
    throw new Error(`only ${seconds.length} queries were timed`);
  return seconds.toSorted((one, other) => one - other)[Math.floor(seconds.length * 0.99)]! * 1_000;
}

async function run(
  { dnsperf, file }: Generator,
  { port, names, seconds }: Load,
  args: string[],
): Promise<string> {
  writeFileSync(file, names.map((name) => `${name} A\n`).join(""));
  const { stdout } = await exec(
    dnsperf,
    ["-s", "127.0.0.1", "-p", String(port), "-d", file, "-l", String(seconds), "-t", "2", "-c", "8", ...args],
    { maxBuffer: MAX_OUTPUT },
  );
  const lost = Number(/Queries lost:\s+(\d+)/.exec(stdout)?.[1]);
  const codes = /Response codes:\s+(.*)/.exec(stdout)?.[1] ?? "none";
  if (lost !== 0 || !/^NOERROR \d+ \(100\.00%\)$/.test(codes.trim())) {
    throw new Error(`${lost} queries to port ${port} were lost; answers: ${codes}`);
  }
  return stdout;
}
