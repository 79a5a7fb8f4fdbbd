import type { ObjectName } from "../contract/stub-domain/objects";
import {
  ApiError,
  nameText,
  type Cluster,
  type ConfigMap,
  type TargetObject,
} from "../stubdomain/cluster/cluster";
import { isHeld } from "../stubdomain/state/plan";
import { readRecord, RecordError, type StubRecord } from "../stubdomain/state/record";
import { planRemoval } from "../stubdomain/state/removal";
import { targetOf } from "../stubdomain/targets/all";
import { textOf } from "../stubdomain/targets/object";
import { targetText } from "../contract/stub-domain/target-ref";
import { readTarget, writeOwners, writeText } from "../stubdomain/targets/store";
import { recordAhead, release } from "../stubdomain/controller/writes";
import { Account, MAX_STEPS, type Removal } from "./removal";
import { changedLines } from "./changed-lines";

/**
 * Completes the removal of an anchor that is being deleted, as its controller would.
 *
 * @throws ApiError
 */
export async function removeByAnchor(cluster: Cluster, name: ObjectName, dryRun: boolean): Promise<Removal> {
  const account = new Account(`anchor ${nameText(name)}`);
  for (let step = 0; step < MAX_STEPS; step++) {
    const anchor = await cluster.configMap(name);
    if (!anchor) return account.close(false, "is gone");
    if (anchor.metadata.deletionTimestamp === undefined) {
      return account.close(
        true,
        "is not being deleted: its controller would put the stub domain back. First: " +
          `kubectl delete configmap --wait=false --namespace ${name.namespace} ${name.name}`,
      );
    }
    if (!isHeld(anchor)) return account.close(false, "holds nothing");
    try {
      const record = readRecord(anchor);
      const object = record && (await readTarget(cluster, record.target)).object;
      if (dryRun) return announce(account, record, object);
      const end = await nextStep(cluster, account, anchor, record, object);
      if (end) return end;
    } catch (error) {
      if (error instanceof RecordError) return account.close(true, error.message);
      if (!(error instanceof ApiError && error.isConflict)) throw error;
    }
  }
  return account.close(true, "the objects change all the time: try again");
}

async function nextStep(
  cluster: Cluster,
  account: Account,
  anchor: ConfigMap,
  record: StubRecord | undefined,
  object: TargetObject | undefined,
): Promise<Removal | undefined> {
  const action = planRemoval(record, object);
  switch (action.do) {
    case "record":
      await recordAhead(cluster, anchor, action.record);
      return undefined;
    case "write":
      await writeText(cluster, record!.target, object, action.text);
      account.add(`took out of ${targetText(record!.target)}:`, ...removed(record!, object, action.text));
      return undefined;
    case "handBack":
      await writeOwners(cluster, record!.target, object!, action.managedFields);
      account.add("gave it back to its former field managers");
      return undefined;
    case "release":
      await release(cluster, anchor);
      return account.close(false, "took the finalizer off: nothing of it is left");
    case "problem":
      return account.close(true, action.message);
    default:
      throw new Error(`a removal has no step "${action.do}"`);
  }
}

/** Describes what {@link removeByAnchor} would do. */
function announce(
  account: Account,
  record: StubRecord | undefined,
  object: TargetObject | undefined,
): Removal {
  const first = planRemoval(record, object);
  const action = first.do === "record" ? planRemoval(first.record, object) : first;
  if (action.do === "problem") return account.close(true, action.message);
  if (action.do === "write") {
    account.add(`would take out of ${targetText(record!.target)}:`, ...removed(record!, object, action.text));
  } else if (record) account.add(`nothing of it is in ${targetText(record.target)}`);
  else account.add("nothing was ever written");
  return account.close(false, "would take the finalizer off");
}

function removed(
  { target }: StubRecord,
  object: TargetObject | undefined,
  text: string | undefined,
): string[] {
  return changedLines(textOf(object, targetOf(target).field) ?? "", text ?? "");
}
