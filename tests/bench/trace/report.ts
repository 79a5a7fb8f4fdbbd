import { type Iteration, iterationsOf } from "./iterations";
import type { Recording } from "./recording";

/** Milliseconds: an iteration that is longer has to be explained. */
const LONG = 2;
/** How many of the longest are shown. */
const SHOWN = 10;
/** Functions that are named for one iteration. */
const NAMED = 5;

/**
 * The lengths of the event-loop iterations, and what ran in the longest.
 *
 * @param beginning milliseconds that are reported apart, as the first after new connections
 */
export function traceReport(recording: Recording, beginning: number): string {
  const iterations = iterationsOf(recording);
  const began = iterations[0]?.begin ?? 0;
  const first = iterations.filter(({ begin }) => begin - began < beginning);
  const rest = iterations.filter(({ begin }) => begin - began >= beginning);
  const longest = iterations
    .filter(({ length }) => length > LONG)
    .sort((one, other) => other.length - one.length);
  const deoptimised = [...new Set(recording.deoptimised)];
  return [
    `event-loop iterations, ms (recording costs time, so these are upper bounds):`,
    summary(`the first ${beginning / 1_000} s`, first),
    summary("afterwards", rest),
    "",
    `longer than ${LONG} ms: ${longest.length}${longest.length > SHOWN ? `; the ${SHOWN} longest:` : ""}`,
    ...longest.slice(0, SHOWN).flatMap((one) => explained(one, began)),
    "",
    `functions that lost their optimised code: ${deoptimised.length}`,
    ...deoptimised.map((text) => `  ${text}`),
  ].join("\n");
}

function summary(title: string, iterations: readonly Iteration[]): string {
  const lengths = iterations.map(({ length }) => length).sort((one, other) => one - other);
  const at = (share: number): string =>
    (lengths[Math.min(lengths.length - 1, Math.floor(lengths.length * share))] ?? 0).toFixed(2);
  const long = iterations.filter(({ length }) => length > LONG);
  const busy = long.filter(({ processor }) => processor > LONG).length;
  return `  ${title}: ${lengths.length} iterations, p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}, over ${LONG} ms ${long.length}, over ${LONG} ms of processor time ${busy}`;
}

function explained(
  { begin, length, processor, kinds, collected, running }: Iteration,
  began: number,
): string[] {
  const calls = [...kinds]
    .sort(([, one], [, other]) => other.length - one.length)
    .map(([type, kind]) => `${type} ×${kind.count} ${kind.length.toFixed(1)}`);
  const functions = running.slice(0, NAMED).map(([name, share]) => `${name} ${(share * 100).toFixed(0)} %`);
  return [
    `  ${length.toFixed(1)} at ${((begin - began) / 1_000).toFixed(2)} s, ${processor.toFixed(1)} of it on a processor: ${calls.join(", ")}; collection ${collected.toFixed(1)}`,
    `    ${functions.join(", ")}`,
  ];
}
