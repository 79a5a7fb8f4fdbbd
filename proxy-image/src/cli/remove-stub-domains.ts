import { ANCHOR_LABEL, ANCHOR_LABEL_VALUE } from "../stubdomain/anchor";
import {
  ApiError,
  nameText,
  type Cluster,
  type ConfigMap,
  type ObjectName,
} from "../stubdomain/cluster/cluster";
import { COREFILE_KEY } from "../stubdomain/state/ownership";
import { isHeld } from "../stubdomain/state/plan";
import { readRecord, type StubRecord } from "../stubdomain/state/record";
import { planRemoval } from "../stubdomain/state/removal";
import { patchOf, recordAhead, release, writeCorefile } from "../stubdomain/writes";
import { findStubBlock } from "./find-stub-block";
import { removedLines } from "./removed-lines";

/** Which stub domains, each part of it narrowing the choice, and whether to touch anything. */
export interface Selection {
  anchor: ObjectName | undefined;
  domain: string | undefined;
  target: ObjectName | undefined;
  dryRun: boolean;
}

/** What became of one stub domain. */
export interface Removal {
  /** Something has still to be done. */
  isLeft: boolean;
  text: string;
}

/** Where most clusters keep the Corefile. */
const DEFAULT_TARGET = { namespace: "kube-system", name: "coredns" };

const MAX_STEPS = 20;

/**
 * Removes stub domains without their controller.
 *
 * @throws ApiError
 */
export async function removeStubDomains(cluster: Cluster, selection: Selection): Promise<Removal[]> {
  const anchors = (await anchorsOf(cluster, selection)).filter((anchor) => isAbout(anchor, selection));
  if (anchors.length > 0) {
    const results: Removal[] = [];
    // One after the other: they may share a Corefile.
    for (const anchor of anchors)
      results.push(await removeByAnchor(cluster, anchor.metadata, selection.dryRun));
    return results;
  }
  if (selection.anchor)
    return [
      {
        isLeft: true,
        text: `ConfigMap ${nameText(selection.anchor)} does not exist, or is not about the domain`,
      },
    ];
  if (selection.domain !== undefined)
    return [
      await removeByDomain(cluster, selection.target ?? DEFAULT_TARGET, selection.domain, selection.dryRun),
    ];
  return [
    { isLeft: false, text: "no anchor found: nothing to remove; --domain looks for a block without one" },
  ];
}

async function anchorsOf(cluster: Cluster, { anchor }: Selection): Promise<ConfigMap[]> {
  if (!anchor) return cluster.configMapsLabelled(`${ANCHOR_LABEL}=${ANCHOR_LABEL_VALUE}`);
  const found = await cluster.configMap(anchor);
  return found ? [found] : [];
}

function isAbout(anchor: ConfigMap, { domain, target }: Selection): boolean {
  if (domain === undefined && target === undefined) return true;
  const record = readRecord(anchor);
  if (!record) return false;
  const isTarget = target === undefined || nameText(record.target) === nameText(target);
  return isTarget && (domain === undefined || record.blocks.some((block) => block.domain === domain));
}

async function removeByAnchor(cluster: Cluster, name: ObjectName, dryRun: boolean): Promise<Removal> {
  const done: string[] = [];
  const result = (isLeft: boolean, ...texts: string[]) => ({
    isLeft,
    text: [`anchor ${nameText(name)}:`, ...done, ...texts].join("\n  "),
  });
  for (let step = 0; step < MAX_STEPS; step++) {
    const anchor = await cluster.configMap(name);
    if (!anchor) return result(false, "is gone");
    const { namespace } = anchor.metadata;
    if (anchor.metadata.deletionTimestamp === undefined) {
      return result(
        true,
        "is not being deleted: its controller would put the stub domain back. First: " +
          `kubectl delete configmap --wait=false --namespace ${namespace} ${anchor.metadata.name}`,
      );
    }
    if (!isHeld(anchor)) return result(false, "holds nothing");
    const record = readRecord(anchor);
    const target = record && (await cluster.configMap(record.target));
    if (dryRun) return dryRunResult(record, target, result);
    try {
      const action = planRemoval(record, target);
      switch (action.do) {
        case "record":
          await recordAhead(cluster, anchor, action.record);
          break;
        case "write":
          await writeCorefile(cluster, target!, action.text);
          done.push(
            `took out of ${nameText(target!.metadata)}:`,
            ...removedLines(corefileOf(target), action.text),
          );
          break;
        case "handBack":
          await cluster.patchConfigMap(
            target!.metadata,
            patchOf(target!, { managedFields: action.managedFields }),
          );
          done.push("gave the Corefile back to its former field managers");
          break;
        case "release":
          await release(cluster, anchor);
          return result(false, "took the finalizer off: nothing of it is left");
        default:
          return result(true, "message" in action ? action.message : "nothing can be done");
      }
    } catch (error) {
      if (!(error instanceof ApiError && error.isConflict)) throw error;
    }
  }
  return result(true, "the objects change all the time: try again");
}

function dryRunResult(
  record: StubRecord | undefined,
  target: ConfigMap | undefined,
  result: (isLeft: boolean, ...texts: string[]) => Removal,
): Removal {
  const first = planRemoval(record, target);
  const action = first.do === "record" ? planRemoval(first.record, target) : first;
  if (action.do === "problem") return result(true, action.message);
  const lines =
    action.do === "write"
      ? [`would take out of ${nameText(target!.metadata)}:`, ...removedLines(corefileOf(target), action.text)]
      : ["nothing of it is in the Corefile"];
  return result(false, ...lines, "would take the finalizer off");
}

/** Without an anchor nobody knows who owned the Corefile: then it is left to nobody, so that no apply conflicts. */
async function removeByDomain(
  cluster: Cluster,
  name: ObjectName,
  domain: string,
  dryRun: boolean,
): Promise<Removal> {
  const done: string[] = [];
  const result = (isLeft: boolean, ...texts: string[]) => ({
    isLeft,
    text: [`ConfigMap ${nameText(name)}:`, ...done, ...texts].join("\n  "),
  });
  for (let step = 0; step < MAX_STEPS; step++) {
    const target = await cluster.configMap(name);
    const corefile = target?.data?.[COREFILE_KEY];
    if (!target || corefile === undefined)
      return result(true, `has no key ${COREFILE_KEY}: --target names another one`);
    const inserted = findStubBlock(corefile, domain);
    if (inserted === undefined && done.length === 0) return result(false, `has no block for ${domain}`);
    const blocks = inserted === undefined ? [] : [{ domain, inserted, proven: true }];
    const record: StubRecord = { version: 1, target: name, blocks, owners: [] };
    const first = planRemoval(record, target);
    // Owners that are there now are those to give it back to; there is no anchor on which to write them down.
    const owners = first.do === "record" ? first.record.owners : [];
    const action = first.do === "record" ? planRemoval(first.record, target) : first;
    if (action.do === "problem") return result(true, action.message);
    if (dryRun && action.do === "write") {
      return result(false, "would take out:", ...removedLines(corefile, action.text));
    }
    try {
      if (action.do === "write") {
        await writeCorefile(cluster, target, action.text);
        done.push("took out:", ...removedLines(corefile, action.text));
        const written = await cluster.configMap(name);
        const ownership = written && planRemoval({ ...record, blocks: [], owners }, written);
        if (ownership?.do === "handBack") {
          await cluster.patchConfigMap(name, patchOf(written!, { managedFields: ownership.managedFields }));
          done.push(
            owners.length > 0
              ? "gave it back to its field managers"
              : "left the field to whoever applies it next",
          );
        }
      }
      return result(false);
    } catch (error) {
      if (!(error instanceof ApiError && error.isConflict)) throw error;
    }
  }
  return result(true, "it changes all the time: try again");
}

function corefileOf(target: ConfigMap | undefined): string {
  return target?.data?.[COREFILE_KEY] ?? "";
}
