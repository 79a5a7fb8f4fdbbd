import type { ObjectName } from "../contract/stub-domain/objects";
import { ANCHOR_LABEL, ANCHOR_LABEL_VALUE } from "../contract/stub-domain/anchor";
import { nameText, type Cluster, type ConfigMap } from "../stubdomain/cluster/cluster";
import { keyOf, TARGET_OBJECTS, type TargetKind } from "../contract/stub-domain/target-ref";
import { readRecord, RecordError } from "../stubdomain/state/record";
import { releaseGates } from "./release-gates";
import type { Removal } from "./removal";
import { removeByAnchor } from "./remove-by-anchor";
import { removeByDomain } from "./remove-by-domain";

/** Selects stub domains; each field narrows the choice. `dryRun` changes nothing. */
export interface Selection {
  anchor: ObjectName | undefined;
  domain: string | undefined;
  kind: TargetKind | undefined;
  target: ObjectName | undefined;
  /** The key of the target; absent: any of an anchor's, or the usual one. */
  key: string | undefined;
  /** Includes those of several namespaces. */
  all: boolean;
  dryRun: boolean;
}

/**
 * Removes stub domains without their controller.
 *
 * @throws ApiError
 */
export async function removeStubDomains(cluster: Cluster, selection: Selection): Promise<Removal[]> {
  const { anchor, domain, kind = "coredns", dryRun } = selection;
  const anchors = (await anchorsOf(cluster, selection)).filter((found) => isAbout(found, selection));
  if (anchors.length > 0) {
    const namespaces = new Set(anchors.map(({ metadata }) => metadata.namespace));
    if (namespaces.size > 1 && !selection.all && !dryRun) return [ambiguous(anchors)];
    const removals: Removal[] = [];
    // Sequentially, because they may share a Corefile.
    for (const { metadata } of anchors) removals.push(await removeByAnchor(cluster, metadata, dryRun));
    const names = anchors.map(({ metadata }) => nameText(metadata));
    const isChosen = (name: ObjectName) => !isNarrow(selection) || names.includes(nameText(name));
    return [...removals, ...(await releaseGates(cluster, isChosen, dryRun))];
  }
  const gates = await gatesWithoutAnchor(cluster, selection);
  if (gates.length > 0) return gates;
  if (anchor) {
    return [
      { isLeft: true, text: `ConfigMap ${nameText(anchor)} does not exist, or is about something else` },
    ];
  }
  if (domain !== undefined) {
    const object = selection.target ?? TARGET_OBJECTS[kind];
    const key = selection.key === undefined ? {} : { key: selection.key };
    return [await removeByDomain(cluster, { kind, ...object, ...key }, domain, dryRun)];
  }
  return [
    { isLeft: false, text: "no anchor found: nothing to remove; --domain looks for a block without one" },
  ];
}

/** Those of anchors that are gone; a choice by what an anchor's record says can't include them. */
async function gatesWithoutAnchor(cluster: Cluster, selection: Selection): Promise<Removal[]> {
  const { anchor, dryRun } = selection;
  if (isNarrow({ ...selection, anchor: undefined })) return [];
  return releaseGates(cluster, (name) => !anchor || nameText(name) === nameText(anchor), dryRun);
}

/** Whether it leaves any stub domain out. */
function isNarrow({ anchor, domain, kind, target, key }: Selection): boolean {
  return [anchor, domain, kind, target, key].some((choice) => choice !== undefined);
}

/**
 * Anyone who may create a ConfigMap in some namespace can create one that looks like an anchor, with a record of
 * another stub domain. So an admin must choose between namespaces.
 */
function ambiguous(anchors: ConfigMap[]): Removal {
  const names = anchors.map(({ metadata }) => nameText(metadata)).join(", ");
  return {
    isLeft: true,
    text: `there are anchors in several namespaces: ${names}. Look at them with --dry-run, then name one with --anchor, or all with --all`,
  };
}

async function anchorsOf(cluster: Cluster, { anchor }: Selection): Promise<ConfigMap[]> {
  if (!anchor) return cluster.configMapsLabelled(`${ANCHOR_LABEL}=${ANCHOR_LABEL_VALUE}`);
  const found = await cluster.configMap(anchor);
  return found ? [found] : [];
}

function isAbout(anchor: ConfigMap, selection: Selection): boolean {
  const { domain, kind, target, key } = selection;
  if (!isNarrow({ ...selection, anchor: undefined })) return true;
  try {
    const record = readRecord(anchor);
    if (!record) return false;
    const isKind = kind === undefined || (record.target.kind ?? "coredns") === kind;
    const isObject = isKind && (target === undefined || nameText(record.target) === nameText(target));
    const isTarget = isObject && (key === undefined || keyOf(record.target) === key);
    return isTarget && (domain === undefined || record.blocks.some((block) => block.domain === domain));
  } catch (error) {
    // It may be; then it is listed, with its error.
    if (error instanceof RecordError) return true;
    throw error;
  }
}
