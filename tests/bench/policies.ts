import type { Contender, Scene } from "./contenders/contender";
import { startEgress } from "./contenders/egress";
import { HEADERS, LOADS, measurePeak } from "./measure";
import { type Runner, warmUp } from "./rounds";
import { untilAnswers } from "./stage/answers";
import { PATHS } from "./stage/third-parties";

/** Numbers of upstreams that are compared; the first is what the others are compared with. */
export const POLICY_SIZES = [10, 1_000, 10_000] as const;

/** What was measured of one size of policy. */
export interface PolicySeries {
  readonly upstreams: number;
  /** Requests per second, a value for each round. */
  readonly perSecond: number[];
  /** Milliseconds from the process's start to its first response, a value for each process. */
  readonly start: number[];
  /** Most resident memory under the load, MiB. */
  readonly rss: number[];
}

/** How often each process is measured. */
const ROUNDS = 6;
/** Seconds of one such measurement: short, so that what else goes on in the machine hits all of them. */
const SECONDS = 1;

/**
 * The same load on policies of several sizes.
 *
 * @param processes with each policy, one after the other: two with the same policy can differ by more than 10 %
 */
export async function comparePolicies(
  scene: Scene,
  runner: Runner,
  processes: number,
): Promise<PolicySeries[]> {
  const series = POLICY_SIZES.map((upstreams): PolicySeries => ({
    upstreams,
    perSecond: [],
    start: [],
    rss: [],
  }));
  for (let i = 0; i < processes; i++) {
    const contenders: Contender[] = [];
    for (const { upstreams, start } of series) {
      const { contender, milliseconds } = await started(scene, upstreams);
      contenders.push(contender);
      start.push(milliseconds);
    }
    await warmUp(contenders, runner);
    await measureAll(contenders, series, runner);
    for (const { pid } of contenders) scene.stage.processes.end(pid);
  }
  return series;
}

async function started(
  scene: Scene,
  upstreams: number,
): Promise<{ contender: Contender; milliseconds: number }> {
  const name = `${upstreams} upstreams`;
  const contender = await startEgress(name, upstreams)(scene);
  const { startedAt } = contender;
  await untilAnswers(name, contender.port, PATHS.small, HEADERS);
  return { contender, milliseconds: performance.now() - startedAt };
}

async function measureAll(
  contenders: readonly Contender[],
  series: readonly PolicySeries[],
  { tools, processes, progress }: Runner,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < contenders.length; i++) {
      // Who is first changes, as the first may have it easier.
      const index = (i + round) % contenders.length;
      const contender = contenders[index]!;
      progress(`round ${round + 1}: policy of ${contender.name}`);
      const { perSecond, rss } = await measurePeak(tools, contender, LOADS.policy, SECONDS);
      series[index]!.perSecond.push(perSecond);
      series[index]!.rss.push(rss);
      processes.emptyOutputs();
    }
  }
}
