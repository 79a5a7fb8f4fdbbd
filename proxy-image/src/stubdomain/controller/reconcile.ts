import { APPLIED_ANNOTATION, RECORD_ANNOTATION } from "../../contract/stub-domain/anchor";
import {
  ApiError,
  nameText,
  type ConfigMap,
  type ManagedFields,
  type TargetObject,
} from "../cluster/cluster";
import type { Proof } from "../dns/proof";
import { drain } from "./drain";
import { neededFingerprint } from "./fingerprint";
import { hinder, hold } from "./hinder";
import type { Outcome } from "./outcome";
import { emit, type News, report, warn, writeEvent } from "./report";
import type { Spec } from "../../contract/stub-domain/spec";
import { isInstalling, plan, type Observed } from "../state/plan";
import { readRecord, type StubRecord } from "../state/record";
import { readStatus } from "../state/status";
import { warningsBeside } from "./watch";
import type { World } from "./world";
import { targetOf } from "../targets/all";
import { textOf } from "../targets/object";
import { readTarget, writeOwners, writeText } from "../targets/store";
import { TARGET_SHAPES, targetText } from "../../contract/stub-domain/target-ref";
import { recordAhead, release } from "./writes";

/** A round without conflicts needs fewer; otherwise the next round continues. */
const MAX_STEPS = 15;

/**
 * Moves the cluster towards what the anchor requests, step by step, until there is nothing to do or something has to be
 * waited for. It may be interrupted at any point.
 *
 * @throws ApiError if the API server rejects a request or can't be reached
 */
export async function reconcile(spec: Spec, world: World): Promise<Outcome> {
  for (let step = 0; step < MAX_STEPS; step++) {
    const observed = await observe(spec, world);
    try {
      const outcome = await act(spec, world, observed);
      if (outcome) return outcome;
    } catch (error) {
      // Another writer changed the object since it was read: plan again.
      if (!(error instanceof ApiError && error.isConflict)) throw error;
      world.log(`${error.message}; reading again`);
    }
  }
  return { kind: "again" };
}

async function observe(spec: Spec, { cluster, now }: World): Promise<Observed> {
  const anchor = await cluster.configMap(spec.anchor);
  if (!anchor) return { anchor, object: undefined, corefile: undefined, forwardTo: undefined, now: now() };
  const [surroundings, service, needed] = await Promise.all([
    readTarget(cluster, spec.target),
    cluster.service(spec.dnsService),
    neededFingerprint(cluster, spec, anchor),
  ]);
  return {
    anchor,
    ...surroundings,
    fingerprint: needed,
    forwardTo: clusterIp(service?.spec?.clusterIP),
    now: now(),
  };
}

/** The Corefile that the target is in, or that imports it; undefined if it is in none. */
function corefileOf({ target }: Spec, { corefile, object }: Observed): string | undefined {
  if (TARGET_SHAPES[target.kind ?? "coredns"].holds !== "blocks") return undefined;
  return corefile ?? textOf(object, targetOf(target).field);
}

/** A headless Service has no address to forward to. */
export function clusterIp(ip: string | undefined): string | undefined {
  return ip === undefined || ip === "" || ip === "None" ? undefined : ip;
}

/** Does the next step; returns the result of the round, or undefined if there is more to do. */
async function act(spec: Spec, world: World, observed: Observed): Promise<Outcome | undefined> {
  const { cluster, log, metrics } = world;
  const { anchor, object } = observed;
  const action = plan(spec, observed);
  if (action.do === "wait" || !anchor) {
    metrics.state(undefined);
    return { kind: "idle" };
  }
  switch (action.do) {
    case "record":
      await recordAhead(cluster, anchor, action.record);
      if (isUndoneAnew(anchor, action.record)) metrics.overwritten();
      log("recorded what is about to be written, and put the finalizer on the anchor");
      return undefined;
    case "write":
      await writeText(cluster, spec.target, object, action.text);
      world.pacer.reset();
      log(`wrote ${targetText(spec.target)} (${action.reason})`);
      metrics.written(action.reason);
      await emit(world, anchor, writeEvent(spec, action.reason));
      if (action.reason === "install") await warn(spec, world, anchor, observed, corefileOf(spec, observed));
      return undefined;
    case "handBack":
      return giveOwnershipBack(spec, world, anchor, object!, action.managedFields);
    case "release":
      await release(cluster, anchor);
      log("nothing of ours is in the target: took the finalizer off the anchor");
      return undefined;
    case "drain":
      return drain(spec, world, anchor, action.until);
    case "prove":
      return judge(spec, world, observed, anchor, action);
    case "problem":
      return hinder(spec, world, anchor, action.message);
    case "giveUp":
      await hold(spec, world, anchor);
      return { kind: "failed", message: action.message };
  }
}

/** A failure must not block the deletion: the former manager can take the field with `--force-conflicts`. */
async function giveOwnershipBack(
  spec: Spec,
  { cluster, log }: World,
  anchor: ConfigMap,
  object: TargetObject,
  managedFields: ManagedFields[],
): Promise<undefined> {
  try {
    await writeOwners(cluster, spec.target, object, managedFields);
    log(`handed ${targetText(spec.target)} back to its former field managers`);
  } catch (error) {
    if (!(error instanceof ApiError) || error.isConflict || error.isTransient) throw error;
    log(`${targetText(spec.target)} could not be handed back to its former field managers: ${error.message}`);
    await release(cluster, anchor);
  }
}

/** Whether this record counts an overwrite that the anchor's record does not. */
function isUndoneAnew(anchor: ConfigMap, { undone }: StubRecord): boolean {
  return undone !== undefined && undone.version !== readRecord(anchor)?.undone?.version;
}

/** Applies the result of a proof to an installation, or to a stub domain that is installed. */
async function judge(
  spec: Spec,
  world: World,
  observed: Observed,
  anchor: ConfigMap,
  { record, inserted }: { record: StubRecord; inserted: string },
): Promise<Outcome | undefined> {
  const { now, forwardTo } = observed;
  const isSettled =
    !isInstalling(spec, anchor) &&
    record.blocks.every(({ proven }) => proven) &&
    readStatus(anchor)?.state === "serving";
  if (isSettled && !world.pacer.isDue()) return { kind: "idle" };
  const proof = await proofOf(world, forwardTo!);
  world.metrics.proof(proof.serves, now);
  if (proof.serves) world.pacer.served();
  else {
    world.pacer.reset();
    const message = `the cluster's DNS does not serve ${spec.domain} from ${nameText(spec.dnsService)}: ${proof.reason}`;
    return hinder(spec, world, anchor, message, proof.unloaded);
  }
  const blocks = record.blocks
    .filter((block) => block.inserted === inserted)
    .map((block) => ({ ...block, proven: true }));
  const proven: StubRecord = { ...record, blocks };
  delete proven.installing;
  const annotations = {
    [RECORD_ANNOTATION]: JSON.stringify(proven),
    [APPLIED_ANNOTATION]: spec.specHash,
  };
  const isNew = Object.entries(annotations).some(
    ([key, value]) => anchor.metadata.annotations?.[key] !== value,
  );
  const message = `the cluster's DNS serves ${spec.domain} from ${nameText(spec.dnsService)}`;
  const warnings = await warningsBeside(spec, world, observed);
  const news: News = { state: "serving", message, proven: true, warnings };
  await report(spec, world, anchor, news, isNew ? annotations : {});
  return { kind: "idle" };
}

/** Reports an error of the API server as a failed proof, so that an installation still reaches its time limit. */
async function proofOf({ prove }: World, address: string): Promise<Proof> {
  try {
    return await prove(address);
  } catch (error) {
    if (error instanceof ApiError) return { serves: false, reason: error.message };
    throw error;
  }
}
