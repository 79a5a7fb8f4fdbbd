import { isDeepStrictEqual } from "node:util";
import { FIELD_MANAGER } from "../anchor";
import type { ConfigMap, FieldSet, ManagedFields } from "../cluster/cluster";

/** The key of the target's data that holds the Corefile. */
export const COREFILE_KEY = "Corefile";

const COREFILE_FIELD = `f:${COREFILE_KEY}`;

/** All entries that own the Corefile, each complete: another stub domain's write is ours too. */
export function owners({ metadata }: ConfigMap): ManagedFields[] {
  return (metadata.managedFields ?? []).filter(ownsCorefile);
}

/**
 * To whom the Corefile is to be handed back after the next write of ours, which takes it away from all others.
 *
 * @param recorded owners before earlier writes of ours
 */
export function formerOwners(target: ConfigMap, recorded: ManagedFields[]): ManagedFields[] {
  const others = owners(target).filter((entry) => !isOurs(entry));
  // Somebody wrote the Corefile after us: those before are history.
  if (!ownedByUs(target)) return others.length > 0 ? others : recorded;
  return [...recorded.filter((entry) => !others.some((other) => sameManager(other, entry))), ...others];
}

/**
 * The target's `managedFields` with the Corefile given back from us to its former owners; undefined when that would
 * change nothing.
 *
 * An entry that only lost the Corefile is restored as it was recorded, time included, so that afterwards the list
 * is the same byte for byte. What others changed meanwhile stays.
 */
export function handBack(target: ConfigMap, recorded: ManagedFields[]): ManagedFields[] | undefined {
  const current = target.metadata.managedFields ?? [];
  if (!ownedByUs(target)) return undefined;
  const entries = current.flatMap((entry) => {
    const before = recorded.find((other) => sameManager(other, entry));
    // Ours from another stub domain: only the time differs, and the API server does not change only that.
    if (isOurs(entry)) return before ? [entry] : nonEmpty(withoutCorefile(entry));
    return before ? [restored(entry, before)] : [entry];
  });
  const gone = recorded.filter((entry) => !current.some((other) => sameManager(other, entry)));
  const next = [...entries, ...gone.map((entry) => restored(undefined, entry))];
  if (isDeepStrictEqual(next, current)) return undefined;
  if (next.length > 0) return next;
  // The API server takes an empty list for none given: an entry must stay, but owns nothing that others apply.
  return current.filter(isOurs).map((entry) => ({ ...entry, fieldsV1: { "f:data": {} } }));
}

/** Whether the last word on the Corefile was ours. */
function ownedByUs(target: ConfigMap): boolean {
  return owners(target).some(isOurs);
}

function nonEmpty(entry: ManagedFields): ManagedFields[] {
  return Object.keys(entry.fieldsV1 ?? {}).length > 0 ? [entry] : [];
}

/** One former owner's entry, as it is now, with the Corefile again. */
function restored(now: ManagedFields | undefined, before: ManagedFields): ManagedFields {
  const fields = now?.fieldsV1 ?? {};
  if (isDeepStrictEqual(fields, withoutCorefile(before).fieldsV1)) return before;
  const data = fields["f:data"];
  const children = data && isLeaf(data) ? { ".": {} } : data;
  return {
    ...(now ?? before),
    fieldsV1: { ...fields, "f:data": { ...children, [COREFILE_FIELD]: {} } },
  };
}

/**
 * An entry as the API server leaves it when its manager loses the Corefile.
 *
 * A set of fields names itself by "." beside its members, and by nothing when it has none: structured-merge-diff,
 * fieldpath/serialize.go.
 */
function withoutCorefile(entry: ManagedFields): ManagedFields {
  const { "f:data": data = {}, ...rest } = entry.fieldsV1 ?? {};
  const others = Object.entries(data).filter(([field]) => field !== COREFILE_FIELD);
  if (others.length === 0) return { ...entry, fieldsV1: rest };
  const isOnlyItself = others.every(([field]) => field === ".");
  return { ...entry, fieldsV1: { ...rest, "f:data": isOnlyItself ? {} : Object.fromEntries(others) } };
}

function isLeaf(fields: FieldSet): boolean {
  return Object.keys(fields).length === 0;
}

function ownsCorefile({ fieldsV1 }: ManagedFields): boolean {
  return fieldsV1?.["f:data"]?.[COREFILE_FIELD] !== undefined;
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
