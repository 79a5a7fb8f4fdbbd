import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/** How much is measured. */
export interface Options {
  /** How often everything is measured; the medians of all are the figures. */
  readonly rounds: number;
  /** Length of one measurement. */
  readonly seconds: number;
  /** Where the figures are written. */
  readonly json: string;
}

/** How the benchmark is called. */
export const USAGE = `usage: npm run bench:dns -- [--rounds 3] [--seconds 1] [--json <file>]`;

/** @throws Error that says what is wrong */
export function parseOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "1" },
      json: { type: "string", default: join(tmpdir(), "k8s-egress-bench-dns.json") },
    },
  });
  return {
    rounds: positive("rounds", values.rounds),
    seconds: positive("seconds", values.seconds),
    json: values.json,
  };
}

function positive(name: string, given: string): number {
  if (!/^[1-9]\d?$/.test(given)) throw new Error(`--${name} must be a whole number from 1 to 99`);
  return Number(given);
}
