import { FINALIZER, isOurFinalizer, RECORD_ANNOTATION } from "../../contract/stub-domain/anchor";
import type { Cluster, ConfigMap, Patch, TargetObject } from "../cluster/cluster";
import type { StubRecord } from "../state/record";

/** A patch that applies only to the version that was read. */
export function patchOf(object: TargetObject, metadata: Omit<Patch["metadata"], "resourceVersion">): Patch {
  return { metadata: { resourceVersion: object.metadata.resourceVersion!, ...metadata } };
}

/** Records what the next write may leave behind, and holds the anchor until that is removed. */
export async function recordAhead(cluster: Cluster, anchor: ConfigMap, record: StubRecord): Promise<void> {
  await cluster.patchConfigMap(
    anchor.metadata,
    patchOf(anchor, { annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) }, ...held(anchor) }),
  );
}

/** Releases the anchor: removes record and finalizer. */
export async function release(cluster: Cluster, anchor: ConfigMap): Promise<void> {
  await cluster.patchConfigMap(
    anchor.metadata,
    patchOf(anchor, { annotations: { [RECORD_ANNOTATION]: null }, finalizers: others(anchor) }),
  );
}

/** Puts the finalizer on an object, if it is not there. */
export async function hold(cluster: Cluster, object: ConfigMap): Promise<void> {
  const { finalizers } = held(object);
  if (finalizers) await cluster.patchConfigMap(object.metadata, patchOf(object, { finalizers }));
}

/** Takes the finalizer off an object. */
export async function letGo(cluster: Cluster, object: ConfigMap): Promise<void> {
  await cluster.patchConfigMap(object.metadata, patchOf(object, { finalizers: others(object) }));
}

/** The finalizers with ours; nothing where it is on already, or can't be put on: not on what is being deleted. */
function held({ metadata }: ConfigMap): { finalizers?: string[] } {
  const finalizers = metadata.finalizers ?? [];
  if (finalizers.some(isOurFinalizer) || metadata.deletionTimestamp !== undefined) return {};
  return { finalizers: [...finalizers, FINALIZER] };
}

function others({ metadata }: ConfigMap): string[] {
  return (metadata.finalizers ?? []).filter((name) => !isOurFinalizer(name));
}
