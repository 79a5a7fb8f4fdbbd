import {
  ApiError,
  nameText,
  type Cluster,
  type ConfigMap,
  type ObjectName,
} from "../stubdomain/cluster/cluster";
import { isHeld } from "../stubdomain/state/plan";
import { readRecord, RecordError, type StubRecord } from "../stubdomain/state/record";
import { planRemoval } from "../stubdomain/state/removal";
import { patchOf, recordAhead, release, writeCorefile } from "../stubdomain/writes";
import { Account, corefileOf, MAX_STEPS, type Removal } from "./removal";
import { removedLines } from "./removed-lines";

/**
 * Ends the removal of an anchor that is being deleted, as its controller would.
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
      const target = record && (await cluster.configMap(record.target));
      if (dryRun) return announce(account, record, target);
      const end = await nextStep(cluster, account, anchor, record, target);
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
  target: ConfigMap | undefined,
): Promise<Removal | undefined> {
  const action = planRemoval(record, target);
  switch (action.do) {
    case "record":
      await recordAhead(cluster, anchor, action.record);
      return undefined;
    case "write":
      await writeCorefile(cluster, target!, action.text);
      account.add(
        `took out of ${nameText(target!.metadata)}:`,
        ...removedLines(corefileOf(target), action.text),
      );
      return undefined;
    case "handBack":
      await cluster.patchConfigMap(
        target!.metadata,
        patchOf(target!, { managedFields: action.managedFields }),
      );
      account.add("gave the Corefile back to its former field managers");
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

/** What {@link removeByAnchor} would do. */
function announce(account: Account, record: StubRecord | undefined, target: ConfigMap | undefined): Removal {
  const first = planRemoval(record, target);
  const action = first.do === "record" ? planRemoval(first.record, target) : first;
  if (action.do === "problem") return account.close(true, action.message);
  if (action.do === "write") {
    account.add(
      `would take out of ${nameText(target!.metadata)}:`,
      ...removedLines(corefileOf(target), action.text),
    );
  } else account.add("nothing of it is in the Corefile");
  return account.close(false, "would take the finalizer off");
}
