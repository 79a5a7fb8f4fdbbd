import type { Contender } from "./contenders/contender";
import type { StreamKind } from "./load/streams";
import {
  type LatencySample,
  LOADS,
  type Sample,
  measureLatency,
  measurePeak,
  measureStreams,
} from "./measure";
import type { Options } from "./options";
import { median } from "./report/statistics";
import type { Processes } from "./stage/processes";
import type { Tools } from "./stage/tools";

/** Full-speed loads of the comparison. */
export const COMPARED = ["small64", "small256", "down", "up"] as const;
export type Compared = (typeof COMPARED)[number];

const STREAM_KINDS = ["events", "messages"] as const;

/** What was measured of one contender, a value for each round. */
export interface Series {
  readonly name: string;
  readonly peaks: Record<Compared, Sample[]>;
  readonly latency: LatencySample[];
  /** Seconds of processor time for 10,000 events or messages; none if it was not measured with streams. */
  readonly streams: Record<StreamKind, number[]>;
}

/** What the rounds need. */
export interface Runner {
  readonly tools: Tools;
  readonly processes: Processes;
  /** Bundles of the open-loop generator and of the streams' clients. */
  readonly generator: string;
  readonly streamClients: string;
  readonly options: Options;
  readonly progress: (text: string) => void;
}

/** Before anything counts: compilers have run, connections are open. */
export async function warmUp(contenders: readonly Contender[], runner: Runner): Promise<void> {
  for (const contender of contenders) {
    runner.progress(`warm-up: ${contender.name}`);
    await measurePeak(runner.tools, contender, LOADS.small64, runner.options.warmUp);
    runner.processes.emptyOutputs();
  }
}

/** The same for streams, which run other code. */
export async function warmUpStreams(contenders: readonly Contender[], runner: Runner): Promise<void> {
  for (const contender of contenders.filter(({ relaysStreams }) => relaysStreams)) {
    runner.progress(`warm-up of streams: ${contender.name}`);
    for (const kind of STREAM_KINDS)
      await measureStreams(runner.streamClients, contender, kind, runner.options.warmUp);
    runner.processes.emptyOutputs();
  }
}

/**
 * All contenders one after the other, and that again and again: what else goes on in the machine then hits all of
 * them, and the ratios within a round hold even where the figures don't.
 *
 * @returns also the fixed rate: a third of what the first contender mostly did at full speed
 */
export async function compare(
  contenders: readonly Contender[],
  runner: Runner,
): Promise<{ series: Series[]; rate: number }> {
  const { tools, processes, options, generator, streamClients, progress } = runner;
  const series = contenders.map(({ name }): Series => ({
    name,
    peaks: { small64: [], small256: [], down: [], up: [] },
    latency: [],
    streams: { events: [], messages: [] },
  }));
  for (let round = 1; round <= options.rounds; round++) {
    for (const load of COMPARED) {
      for (const [index, contender] of contenders.entries()) {
        progress(`round ${round}: ${load}, ${contender.name}`);
        const sample = await measurePeak(tools, contender, LOADS[load], options.seconds);
        series[index]!.peaks[load].push(sample);
        processes.emptyOutputs();
      }
    }
  }
  for (let round = 1; round <= options.rounds; round++) {
    for (const kind of STREAM_KINDS) {
      for (const [index, contender] of contenders.entries()) {
        if (!contender.relaysStreams) continue;
        progress(`round ${round}: ${kind}, ${contender.name}`);
        const cost = await measureStreams(streamClients, contender, kind, options.seconds);
        series[index]!.streams[kind].push(cost);
        processes.emptyOutputs();
      }
    }
  }
  const rate = Math.round(median(series[0]!.peaks.small64.map(({ perSecond }) => perSecond)) / 3);
  for (let round = 1; round <= options.rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      progress(`round ${round}: latency at ${rate}/s, ${contender.name}`);
      series[index]!.latency.push(await measureLatency(generator, contender, rate, options.seconds));
      processes.emptyOutputs();
    }
  }
  return { series, rate };
}
