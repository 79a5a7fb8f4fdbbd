import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, type ConfigMap } from "../cluster/cluster";
import { neededFingerprint } from "./fingerprint";
import { mayPass, needsPreflight, preflight, PreflightError, type PreflightWorld } from "./preflight";
import { reconcile } from "./reconcile";
import { abandonGate, tendGate } from "./removal-gate";
import type { Spec } from "../../contract/stub-domain/spec";
import type { World } from "./world";
import { isHeldBack, readStatus } from "../state/status";

/** Intervals, in milliseconds. */
export interface Pace {
  /** Between rounds while something is in progress. */
  busy: number;
  /** Between checks of the anchor and the target when all is well; two small reads. */
  idle: number;
  /** Between proofs when all is well. */
  proof: number;
  /** Between looks at the removal gate. */
  gate: number;
  /** How long a preflight check may fail for temporary reasons. */
  preflight: number;
}

export const PACE: Pace = { busy: 2_000, idle: 5_000, proof: 30_000, gate: 1_000, preflight: 30_000 };

/** The controller's dependencies. */
export type ControllerWorld = World & PreflightWorld & { onReady: () => void; onRound: () => void };

/**
 * Runs the controller: checks, then rounds until it is told to stop, or the installation has failed.
 *
 * @returns the reason: a failed check or installation; undefined after `stop`
 */
export async function runController(
  spec: Spec,
  world: ControllerWorld,
  stop: AbortSignal,
  pace: Pace = PACE,
): Promise<string | undefined> {
  try {
    const reason = await tended(spec, world, stop, pace);
    await abandonGate(spec, world.cluster);
    return reason;
  } catch (error) {
    if (stop.aborted) return undefined;
    throw error;
  }
}

async function start(
  spec: Spec,
  world: ControllerWorld,
  stop: AbortSignal,
  pace: Pace,
): Promise<string | undefined> {
  const deadline = world.now().getTime() + pace.preflight;
  for (;;) {
    world.onRound();
    try {
      const anchor: ConfigMap | undefined = await world.cluster.configMap(spec.anchor);
      const needed = await neededFingerprint(world.cluster, spec, anchor);
      if (needsPreflight(spec, anchor, world.now(), needed)) await preflight(spec, world, anchor);
      if (!anchor || !isHeldBack(readStatus(anchor), spec.specHash, world.now(), needed)) return undefined;
      // Completes the removal of a failed installation, and then ends with its reason: not ready, so that it is
      // noticed.
      const outcome = await reconcile(spec, world);
      if (outcome.kind === "failed") return outcome.message;
    } catch (error) {
      if (!(error instanceof PreflightError || error instanceof ApiError)) throw error;
      if (!mayPass(error) || world.now().getTime() > deadline) return error.message;
      world.log(`not yet: ${error.message}`);
      await sleep(pace.busy, undefined, { signal: stop });
    }
  }
}

/** Checks and does the rounds, and tends the removal gate beside them. */
async function tended(spec: Spec, world: ControllerWorld, stop: AbortSignal, pace: Pace) {
  const ended = new AbortController();
  const tending = tendGate(spec, world.cluster, AbortSignal.any([stop, ended.signal]), pace.gate);
  try {
    const refusal = await start(spec, world, stop, pace);
    if (refusal !== undefined) return refusal;
    world.onReady();
    return await rounds(spec, world, stop, pace);
  } finally {
    ended.abort();
    await tending;
  }
}

async function rounds(spec: Spec, world: ControllerWorld, stop: AbortSignal, pace: Pace) {
  let errors = 0;
  for (;;) {
    stop.throwIfAborted();
    world.onRound();
    let pause = pace.busy;
    try {
      const outcome = await reconcile(spec, world);
      errors = 0;
      world.metrics.reconciled("ok");
      if (outcome.kind === "failed") return outcome.message;
      if (outcome.kind === "idle") pause = pace.idle;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      world.metrics.reconciled("error");
      world.log(error.message);
      pause = Math.min(pace.busy * 2 ** errors++, 8 * pace.idle);
    }
    await sleep(pause, undefined, { signal: stop });
  }
}
