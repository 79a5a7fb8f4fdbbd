import type { Cluster, ConfigMap, ManagedFields, Patch, TargetObject } from "../cluster/cluster";
import { patchOf } from "../controller/writes";
import { targetOf } from "./all";
import { COREFILE_FIELD } from "./coredns";
import { fieldPatch, textOf } from "./object";
import { corefileNames, MADE_ANNOTATION, type TargetRef } from "../../contract/stub-domain/target-ref";
import { importer } from "./imported";
import type { Surroundings } from "./target";

/** Reads a target, and what its entries depend on. All methods here throw ApiError. */
export async function readTarget(cluster: Cluster, ref: TargetRef): Promise<Surroundings> {
  if (ref.kind === "openshift") return { object: await cluster.dnsOperator(ref.name), corefile: undefined };
  if (!targetOf(ref).isImported) return { object: await cluster.configMap(ref), corefile: undefined };
  const [object, ...from] = await Promise.all([
    cluster.configMap(ref),
    ...corefileNames(ref).map((name) => cluster.configMap({ namespace: ref.namespace, name })),
  ]);
  return { object, corefile: textOf(importer(ref, from), COREFILE_FIELD) };
}

/**
 * Replaces the target's text, and nothing else in its object.
 *
 * @param object as it was read; absent: it is created
 * @param text absent: the field is removed, and with it an object that we created and that holds nothing else
 */
export async function writeText(
  cluster: Cluster,
  ref: TargetRef,
  object: TargetObject | undefined,
  text: string | undefined,
): Promise<void> {
  const { field } = targetOf(ref);
  if (!object) {
    if (text === undefined) return;
    const { namespace, name } = ref;
    const metadata = { namespace, name, annotations: { [MADE_ANNOTATION]: "true" } };
    await cluster.createConfigMap({ metadata, data: { [field[1]]: text } });
  } else if (text === undefined && isOnlyOurs(object, field[1])) {
    await cluster.deleteConfigMap(object);
  } else {
    await patchTarget(cluster, ref, { ...patchOf(object, {}), ...fieldPatch(field, text) });
  }
}

/** Replaces the owners of the target's fields. */
export async function writeOwners(
  cluster: Cluster,
  ref: TargetRef,
  object: TargetObject,
  managedFields: ManagedFields[],
): Promise<void> {
  await patchTarget(cluster, ref, patchOf(object, { managedFields }));
}

async function patchTarget(cluster: Cluster, ref: TargetRef, patch: Patch): Promise<void> {
  if (ref.kind === "openshift") await cluster.patchDnsOperator(ref.name, patch);
  else await cluster.patchConfigMap(ref, patch);
}

function isOnlyOurs(object: TargetObject, key: string): object is ConfigMap & { spec?: undefined } {
  if (object.spec !== undefined || object.metadata.annotations?.[MADE_ANNOTATION] === undefined) return false;
  const { data = {}, binaryData = {} } = object as ConfigMap;
  return Object.keys(binaryData).length === 0 && Object.keys(data).every((name) => name === key);
}
