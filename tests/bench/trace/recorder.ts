import { createHook } from "node:async_hooks";
import { writeFileSync } from "node:fs";
import { type Profiler, type Runtime, Session } from "node:inspector";
import { type NodeGCPerformanceDetail, PerformanceObserver, constants, performance } from "node:perf_hooks";
import type { Callback, Collection, Recording, Sampled } from "./recording";

/**
 * Loaded before the proxy by `--require`. A first SIGUSR2 begins to record, a second one writes the recording to
 * `BENCH_TRACE`. Recording costs time in each callback, so lengths are upper bounds.
 */
const MICROSECONDS_BETWEEN_SAMPLES = 100;
/** Enough for a minute; recording stops there. */
const MOST_CALLBACKS = 5_000_000;

const KINDS = new Map<number, string>([
  [constants.NODE_PERFORMANCE_GC_MINOR, "scavenge"],
  [constants.NODE_PERFORMANCE_GC_MAJOR, "mark-sweep"],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, "incremental marking"],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, "weak callbacks"],
]);

const types = new Map<number, string>();
const open: {
  id: number;
  type: string;
  begin: number;
  iteration: number;
  processor: number;
  waited: number;
}[] = [];
const callbacks: Callback[] = [];
const collections: Collection[] = [];
const session = new Session();
let recording = false;

const loopCount = (): number => performance.nodeTiming.uvMetricsInfo.loopCount;

/** Of this thread, milliseconds. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

createHook({
  init: (id, type) => void types.set(id, type),
  before: (id) => {
    if (recording)
      open.push({
        id,
        type: types.get(id) ?? "unknown",
        begin: performance.now(),
        iteration: loopCount(),
        processor: processorTime(),
        waited: performance.nodeTiming.idleTime,
      });
  },
  after: (id) => {
    const call = open.at(-1);
    if (call?.id !== id) return;
    open.pop();
    // Calls inside of calls are parts of them.
    if (open.length > 0 || callbacks.length >= MOST_CALLBACKS) return;
    callbacks.push({
      iteration: call.iteration,
      type: call.type,
      begin: call.begin,
      end: performance.now(),
      processor: processorTime() - call.processor,
      waited: call.waited,
    });
  },
  destroy: (id) => void types.delete(id),
}).enable();

new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const { startTime, duration } = entry;
    const { kind } = (entry as unknown as { detail: NodeGCPerformanceDetail }).detail;
    collections.push({
      kind: KINDS.get(kind) ?? String(kind),
      begin: startTime,
      end: startTime + duration,
    });
  }
}).observe({ entryTypes: ["gc"] });

process.on("SIGUSR2", () => {
  if (recording) finish();
  else begin();
});

function begin(): void {
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.setSamplingInterval", { interval: MICROSECONDS_BETWEEN_SAMPLES });
  session.post("Profiler.start");
  open.length = 0;
  recording = true;
}

function finish(): void {
  recording = false;
  session.post("Profiler.stop", (error, result) => {
    if (error) throw error;
    // The profile's clock is the monotonic one, in microseconds, and `performance.now()` began some time after its zero.
    const zero = Number(process.hrtime.bigint()) / 1e6 - performance.now();
    const found: Recording = {
      callbacks,
      collections,
      samples: samplesOf(result.profile, zero),
      deoptimised: deoptimised(result.profile),
    };
    writeFileSync(process.env.BENCH_TRACE!, JSON.stringify(found));
    session.disconnect();
  });
}

function samplesOf(
  { nodes, samples = [], timeDeltas = [], startTime }: Profiler.Profile,
  zero: number,
): Sampled[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  let at = startTime;
  return samples.map((id, index) => {
    at += timeDeltas[index]!;
    return { at: at / 1_000 - zero, running: names.get(id)! };
  });
}

function deoptimised({ nodes }: Profiler.Profile): string[] {
  return nodes.flatMap(({ callFrame, deoptReason }) =>
    deoptReason ? [`${nameOf(callFrame)}: ${deoptReason}`] : [],
  );
}

function nameOf({ functionName, url, lineNumber }: Runtime.CallFrame): string {
  const name = functionName || "(anonymous)";
  return url === "" ? name : `${name} ${url.split("/").pop()}:${lineNumber + 1}`;
}
