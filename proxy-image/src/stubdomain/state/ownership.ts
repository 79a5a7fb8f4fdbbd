import { isDeepStrictEqual } from "node:util";
import { FIELD_MANAGER } from "../anchor";
import type { ConfigMap, ManagedFields } from "../cluster/cluster";

/** The key of the target's data that holds the Corefile. */
export const COREFILE_KEY = "Corefile";

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
  // The API server takes an empty list for none given.
  return next.length === 0 || isDeepStrictEqual(next, current) ? undefined : next;
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
  const rest = withoutCorefile(before).fieldsV1 ?? {};
  if (isDeepStrictEqual(now?.fieldsV1 ?? {}, rest)) return before;
  const fields = now?.fieldsV1 ?? {};
  return {
    ...(now ?? before),
    fieldsV1: { ...fields, "f:data": { ...fields["f:data"], [`f:${COREFILE_KEY}`]: {} } },
  };
}

function withoutCorefile(entry: ManagedFields): ManagedFields {
  const { "f:data": data = {}, ...rest } = entry.fieldsV1 ?? {};
  const others = Object.entries(data).filter(([field]) => field !== `f:${COREFILE_KEY}`);
  const fieldsV1 = others.length > 0 ? { ...rest, "f:data": Object.fromEntries(others) } : rest;
  return { ...entry, fieldsV1 };
}

function ownsCorefile({ fieldsV1 }: ManagedFields): boolean {
  return fieldsV1?.["f:data"]?.[`f:${COREFILE_KEY}`] !== undefined;
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
