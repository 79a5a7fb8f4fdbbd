import { isDeepStrictEqual } from "node:util";
import { FIELD_MANAGER } from "../../contract/stub-domain/anchor";
import type { FieldSet, ManagedFields, TargetObject } from "../cluster/cluster";
import type { Field } from "../targets/target";

/** All entries that own the field, unabridged. Those of other stub domains have our field manager too. */
export function owners({ metadata }: TargetObject, field: Field): ManagedFields[] {
  return (metadata.managedFields ?? []).filter((entry) => owns(entry, field));
}

/**
 * The owners that get the field back later. Our next write takes it away from them.
 *
 * @param recorded owners before earlier writes of ours
 */
export function formerOwners(target: TargetObject, field: Field, recorded: ManagedFields[]): ManagedFields[] {
  const others = owners(target, field).filter((entry) => !isOurs(entry));
  // Another writer wrote the field after us: earlier owners no longer matter.
  if (!ownedByUs(target, field)) return others.length > 0 ? others : recorded;
  return [...recorded.filter((entry) => !others.some((other) => sameManager(other, entry))), ...others];
}

/**
 * The target's `managedFields` with the field given back from us to its former owners; undefined if that would change
 * nothing.
 *
 * An entry that only lost the field is restored as it was recorded, including its time, so that the list is the same
 * byte for byte. What others changed in the meantime stays.
 */
export function handBack(
  target: TargetObject,
  field: Field,
  recorded: ManagedFields[],
): ManagedFields[] | undefined {
  const current = target.metadata.managedFields ?? [];
  if (!ownedByUs(target, field)) return undefined;
  const entries = current.flatMap((entry) => {
    const before = recorded.find((other) => sameManager(other, entry));
    // An entry of another stub domain: only its time differs, and the API server does not write a change of the time
    // alone.
    if (isOurs(entry)) return before ? [entry] : nonEmpty(without(entry, field));
    return before ? [restored(entry, before, field)] : [entry];
  });
  const gone = recorded.filter((entry) => !current.some((other) => sameManager(other, entry)));
  const next = [...entries, ...gone.map((entry) => restored(undefined, entry, field))];
  if (isDeepStrictEqual(next, current)) return undefined;
  if (next.length > 0) return next;
  // The API server treats an empty list as absent: keep an entry, but one that owns nothing that others apply.
  return current.filter(isOurs).map((entry) => ({ ...entry, fieldsV1: { [`f:${field[0]}`]: {} } }));
}

/** Whether we were the last to write the field. */
export function ownedByUs(target: TargetObject, field: Field): boolean {
  return owners(target, field).some(isOurs);
}

function nonEmpty(entry: ManagedFields): ManagedFields[] {
  return Object.keys(entry.fieldsV1 ?? {}).length > 0 ? [entry] : [];
}

/** One former owner's present entry, with the field added again. */
function restored(now: ManagedFields | undefined, before: ManagedFields, field: Field): ManagedFields {
  const fields = now?.fieldsV1 ?? {};
  if (isDeepStrictEqual(fields, without(before, field).fieldsV1)) return before;
  const [parent, child] = [`f:${field[0]}`, `f:${field[1]}`];
  const siblings = fields[parent];
  const children = siblings && isLeaf(siblings) ? { ".": {} } : siblings;
  return { ...(now ?? before), fieldsV1: { ...fields, [parent]: { ...children, [child]: {} } } };
}

/**
 * An entry after its manager has lost the field, as the API server writes it.
 *
 * A set of fields contains "." for itself beside its members, and nothing if it has no members: structured-merge-diff,
 * fieldpath/serialize.go.
 */
function without(entry: ManagedFields, field: Field): ManagedFields {
  const [parent, child] = [`f:${field[0]}`, `f:${field[1]}`];
  const { [parent]: children = {}, ...rest } = entry.fieldsV1 ?? {};
  const others = Object.entries(children).filter(([name]) => name !== child);
  if (others.length === 0) return { ...entry, fieldsV1: rest };
  const isOnlyItself = others.every(([name]) => name === ".");
  return { ...entry, fieldsV1: { ...rest, [parent]: isOnlyItself ? {} : Object.fromEntries(others) } };
}

function isLeaf(fields: FieldSet): boolean {
  return Object.keys(fields).length === 0;
}

function owns({ fieldsV1 }: ManagedFields, [parent, child]: Field): boolean {
  return fieldsV1?.[`f:${parent}`]?.[`f:${child}`] !== undefined;
}

function isOurs({ manager, subresource }: ManagedFields): boolean {
  return manager === FIELD_MANAGER && !subresource;
}

/**
 * Source: BuildManagerIdentifier in structured-merge-diff's use by apimachinery: an applier is the same in all
 * versions.
 */
function sameManager(one: ManagedFields, other: ManagedFields): boolean {
  return (
    one.manager === other.manager &&
    one.operation === other.operation &&
    (one.subresource ?? "") === (other.subresource ?? "") &&
    (one.operation === "Apply" || one.apiVersion === other.apiVersion)
  );
}
