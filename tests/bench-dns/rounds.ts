import type { Generator } from "./load/dnsperf";
import type { Measurement } from "./measure";
import type { Options } from "./options";

/** What was measured: values by server, in the order of time. */
export interface Series {
  readonly measurement: Measurement;
  readonly values: Map<string, number[]>;
}

/** Pieces of a measurement, in turn with the other servers': differences of a few percent are to be seen. */
const PIECES = 4;

/**
 * All servers one after the other, and that again and again: what else goes on in the machine then hits all of
 * them. Who is first changes, as the first may have it easier.
 */
export async function measureAll(
  measurements: readonly Measurement[],
  generator: Generator,
  { rounds, seconds }: Options,
  progress: (text: string) => void,
): Promise<Series[]> {
  const series = measurements.map((measurement): Series => ({
    measurement,
    values: new Map(measurement.servers.map(({ name }) => [name, []])),
  }));
  for (let round = 1; round <= rounds; round++) {
    for (const { measurement, values } of series) {
      progress(`round ${round}: ${measurement.title}`);
      const { servers } = measurement;
      for (let piece = 0; piece < PIECES; piece++) {
        for (const index of servers.keys()) {
          const server = servers[(index + round + piece) % servers.length]!;
          values.get(server.name)!.push(await measurement.measure(server, generator, seconds / PIECES));
        }
      }
    }
  }
  return series;
}
