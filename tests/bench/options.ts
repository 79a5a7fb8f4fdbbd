import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/** How much is measured. */
export interface Options {
  /** How often the contenders are measured; the medians of all are the figures. */
  readonly rounds: number;
  /** Length of one measurement of a contender. */
  readonly seconds: number;
  /** Processes with each size of policy; 0: the sizes are not compared. */
  readonly processes: number;
  /** Load before the first measurement, so that no compiler is at work in it. */
  readonly warmUp: number;
  /** Another commit, whose proxy is measured beside this one. */
  readonly against: string | undefined;
  /** Records the event loop under the fixed rate; nothing is compared. */
  readonly trace: boolean;
  /** Where the figures are written. */
  readonly json: string;
}

/** How the benchmark is called. */
export const USAGE = `usage: npm run bench -- [--quick] [--rounds 5] [--seconds 3] [--against <commit> | --trace] [--json <file>]
  --quick    one short round, about a minute: to see that everything works, not for figures
  --against  beside this checkout's proxy that of another commit, in the same rounds; without the other proxies
  --trace    records the event loop of this checkout's proxy under the fixed rate, and says what its iterations did`;

/** @throws Error that says what is wrong */
export function parseOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      seconds: { type: "string" },
      against: { type: "string" },
      trace: { type: "boolean", default: false },
      json: { type: "string", default: join(tmpdir(), "k8s-egress-bench.json") },
    },
  });
  if (values.trace && values.against !== undefined)
    throw new Error("--trace records one proxy: leave out --against");
  return {
    rounds: positive("rounds", values.rounds, values.quick ? 1 : 5),
    seconds: positive("seconds", values.seconds, values.quick ? 1 : 3),
    processes: values.against !== undefined ? 0 : values.quick ? 1 : 5,
    warmUp: values.quick ? 1 : 3,
    against: values.against,
    trace: values.trace,
    json: values.json,
  };
}

function positive(name: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  if (!/^[1-9]\d{0,2}$/.test(given)) throw new Error(`--${name} must be a whole number from 1 to 999`);
  return Number(given);
}
