import { FINALIZER, isOurFinalizer, RECORD_ANNOTATION } from "../../contract/stub-domain/anchor";
import type { Cluster, ConfigMap, Patch, TargetObject } from "../cluster/cluster";
import type { StubRecord } from "../state/record";

/** A patch that applies only to the version that was read. */
export function patchOf(object: TargetObject, metadata: Omit<Patch["metadata"], "resourceVersion">): Patch {
  return { metadata: { resourceVersion: object.metadata.resourceVersion!, ...metadata } };
}

/** Records what the next write may leave behind, and holds the anchor until that is removed. */
export async function recordAhead(cluster: Cluster, anchor: ConfigMap, record: StubRecord): Promise<void> {
  const finalizers = anchor.metadata.finalizers ?? [];
  // An object that is being deleted takes no more finalizers.
  const isHeld = finalizers.some(isOurFinalizer) || anchor.metadata.deletionTimestamp !== undefined;
  await cluster.patchConfigMap(
    anchor.metadata,
    patchOf(anchor, {
      annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) },
      ...(isHeld ? {} : { finalizers: [...finalizers, FINALIZER] }),
    }),
  );
}

/** Releases the anchor: removes record and finalizer. */
export async function release(cluster: Cluster, anchor: ConfigMap): Promise<void> {
  const finalizers = (anchor.metadata.finalizers ?? []).filter((name) => !isOurFinalizer(name));
  await cluster.patchConfigMap(
    anchor.metadata,
    patchOf(anchor, { annotations: { [RECORD_ANNOTATION]: null }, finalizers }),
  );
}
