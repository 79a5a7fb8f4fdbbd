import { execFile } from "node:child_process";
import { promisify } from "node:util";

const exec = promisify(execFile);

/** What {@link fixedRate} sends. */
export interface Arrivals {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Requests per second. */
  readonly rate: number;
  readonly connections: number;
  /** Length of the beginning, which counts apart. */
  readonly warmUp: number;
  readonly seconds: number;
}

/** Milliseconds, and what the generator says about itself. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  /** In the beginning. */
  readonly warmUpP99: number;
  readonly requests: number;
  /** Share of one core that the generator took. */
  readonly generatorCpu: number;
}

/**
 * Latency at a rate that does not depend on the answers, so that a pause is counted for all requests that come
 * in it. wrk can't: its next request waits for the last answer.
 *
 * The beginning counts apart, because the generator's own compilers are at work in it. The last of them, some 10,000
 * requests after the start, was seen as a peak of latency at the same moment with every contender.
 *
 * @param generator the bundle of `open-loop.ts`
 * @throws Error when a request failed
 */
export async function fixedRate(generator: string, arrivals: Arrivals): Promise<Latency> {
  const { stdout } = await exec(process.execPath, [generator, JSON.stringify(arrivals)]);
  return JSON.parse(stdout) as Latency;
}
