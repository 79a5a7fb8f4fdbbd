import type { ObjectName } from "../../proxy-image/src/contract/stub-domain/objects";

/** Whether a request is about this object. */
export function is({ namespace, name }: ObjectName): string {
  return `request.namespace == ${JSON.stringify(namespace)} && request.name == ${JSON.stringify(name)}`;
}

/**
 * `data`, `binaryData` and `immutable` are unchanged, except one key of `data`, which may also be removed if it may be
 * missing.
 */
export function unchangedBut(key = "", mayGo = false): string {
  const name = JSON.stringify(key);
  return [
    `object.?data.orValue({}).all(k, k == ${name} || oldObject.?data[?k] == optional.of(object.data[k]))`,
    `oldObject.?data.orValue({}).all(k, ${mayGo ? `k == ${name} || ` : ""}k in object.?data.orValue({}))`,
    `object.?binaryData == oldObject.?binaryData`,
    `object.?immutable == oldObject.?immutable`,
  ].join(" && ");
}

/** Labels, owners and these fields of the metadata are unchanged. */
export function unchangedMetadata(more: string[]): string {
  return ["labels", "ownerReferences", ...more]
    .map((field) => `object.metadata.?${field} == oldObject.metadata.?${field}`)
    .join(" && ");
}

/** Annotations are unchanged, except those of this controller. */
export const OWN_ANNOTATIONS = [["object", "oldObject"] as const, ["oldObject", "object"] as const]
  .map(
    ([one, other]) =>
      `${one}.metadata.?annotations.orValue({}).all(k, k.startsWith("k8s-egress/") || ` +
      `${other}.metadata.?annotations[?k] == optional.of(${one}.metadata.annotations[k]))`,
  )
  .join(" && ");
