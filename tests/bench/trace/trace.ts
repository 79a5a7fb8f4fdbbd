import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { startEgress } from "../contenders/egress";
import type { Scene } from "../contenders/contender";
import { OURS, UPSTREAMS } from "../contenders/all";
import { ARRIVALS_WARM_UP, HEADERS, LOADS, measureLatency, measurePeak } from "../measure";
import { bundle } from "../stage/bundle";
import { untilAnswers } from "../stage/answers";
import type { Stage } from "../stage/stage";
import type { Tools } from "../stage/tools";
import { PATHS } from "../stage/third-parties";
import { startUpstream } from "../stage/upstream";
import type { Recording } from "./recording";
import { traceReport } from "./report";

/** Milliseconds for the process to write its recording. */
const PATIENCE = 30_000;

/**
 * Records the event loop of this proxy under the fixed rate: a third of what it does at full speed.
 *
 * @returns the report
 */
export async function trace(
  stage: Stage,
  tools: Tools,
  options: { seconds: number; warmUp: number },
): Promise<string> {
  const scene: Scene = { stage, tools, upstream: await startUpstream(stage, tools) };
  const file = stage.path("trace.json");
  const recorder = await bundle(stage, "trace/recorder.ts");
  const contender = await startEgress(OURS, UPSTREAMS, { trace: { recorder, file } })(scene);
  await untilAnswers(OURS, contender.port, PATHS.small, HEADERS);
  const { perSecond } = await measurePeak(tools, contender, LOADS.small64, options.warmUp);
  const generator = await bundle(stage, "load/open-loop.ts");
  process.kill(contender.pid, "SIGUSR2");
  const { p50, p99, warmUpP99 } = await measureLatency(
    generator,
    contender,
    Math.round(perSecond / 3),
    options.seconds,
  );
  process.kill(contender.pid, "SIGUSR2");
  const recording = await written(file);
  return (
    `latency while it recorded, ms: p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(2)}, p99 of the first ` +
    `${ARRIVALS_WARM_UP} s ${warmUpP99.toFixed(2)}; ${Math.round(perSecond / 3)} requests per second\n\n` +
    traceReport(recording, ARRIVALS_WARM_UP * 1_000)
  );
}

async function written(file: string): Promise<Recording> {
  const deadline = performance.now() + PATIENCE;
  while (performance.now() < deadline) {
    if (existsSync(file)) {
      try {
        return JSON.parse(readFileSync(file, "utf8")) as Recording;
      } catch {
        // Not complete yet.
      }
    }
    await sleep(200);
  }
  throw new Error("the proxy did not write its recording");
}
