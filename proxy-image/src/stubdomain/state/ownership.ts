import { isDeepStrictEqual } from "node:util";
import { FIELD_MANAGER } from "../../contract/stub-domain/anchor";
import type { FieldSet, ManagedFields, TargetObject } from "../cluster/cluster";
import type { Field } from "../targets/target";

/** All entries that own the field, each complete: another stub domain's write is ours too. */
export function owners({ metadata }: TargetObject, field: Field): ManagedFields[] {
  return (metadata.managedFields ?? []).filter((entry) => owns(entry, field));
}

/**
 * To whom the field is to be handed back after the next write of ours, which takes it away from all others.
 *
 * @param recorded owners before earlier writes of ours
 */
export function formerOwners(target: TargetObject, field: Field, recorded: ManagedFields[]): ManagedFields[] {
  const others = owners(target, field).filter((entry) => !isOurs(entry));
  // Somebody wrote the field after us: those before are history.
  if (!ownedByUs(target, field)) return others.length > 0 ? others : recorded;
  return [...recorded.filter((entry) => !others.some((other) => sameManager(other, entry))), ...others];
}

/**
 * The target's `managedFields` with the field given back from us to its former owners; undefined when that would
 * change nothing.
 *
 * An entry that only lost the field is restored as it was recorded, time included, so that afterwards the list
 * is the same byte for byte. What others changed meanwhile stays.
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
    // Ours from another stub domain: only the time differs, and the API server does not change only that.
    if (isOurs(entry)) return before ? [entry] : nonEmpty(without(entry, field));
    return before ? [restored(entry, before, field)] : [entry];
  });
  const gone = recorded.filter((entry) => !current.some((other) => sameManager(other, entry)));
  const next = [...entries, ...gone.map((entry) => restored(undefined, entry, field))];
  if (isDeepStrictEqual(next, current)) return undefined;
  if (next.length > 0) return next;
  // The API server takes an empty list for none given: an entry must stay, but owns nothing that others apply.
  return current.filter(isOurs).map((entry) => ({ ...entry, fieldsV1: { [`f:${field[0]}`]: {} } }));
}

/** Whether the last word on the field was ours. */
export function ownedByUs(target: TargetObject, field: Field): boolean {
  return owners(target, field).some(isOurs);
}

function nonEmpty(entry: ManagedFields): ManagedFields[] {
  return Object.keys(entry.fieldsV1 ?? {}).length > 0 ? [entry] : [];
}

/** One former owner's entry, as it is now, with the field again. */
function restored(now: ManagedFields | undefined, before: ManagedFields, field: Field): ManagedFields {
  const fields = now?.fieldsV1 ?? {};
  if (isDeepStrictEqual(fields, without(before, field).fieldsV1)) return before;
  const [parent, child] = [`f:${field[0]}`, `f:${field[1]}`];
  const siblings = fields[parent];
  const children = siblings && isLeaf(siblings) ? { ".": {} } : siblings;
  return { ...(now ?? before), fieldsV1: { ...fields, [parent]: { ...children, [child]: {} } } };
}

/**
 * An entry as the API server leaves it when its manager loses the field.
 *
 * A set of fields names itself by "." beside its members, and by nothing when it has none: structured-merge-diff,
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

/** Source: BuildManagerIdentifier in structured-merge-diff's use by apimachinery: appliers are one across versions. */
function sameManager(one: ManagedFields, other: ManagedFields): boolean {
  return (
    one.manager === other.manager &&
    one.operation === other.operation &&
    (one.subresource ?? "") === (other.subresource ?? "") &&
    (one.operation === "Apply" || one.apiVersion === other.apiVersion)
  );
}
