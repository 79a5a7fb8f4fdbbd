import { nameText, type TargetObject } from "../cluster/cluster";
import type { Spec } from "../../contract/stub-domain/spec";
import { targetOf } from "../targets/all";
import { TargetError } from "../targets/error";
import { textOf } from "../targets/object";
import { targetText } from "../../contract/stub-domain/target-ref";
import type { Stub, Surroundings } from "../targets/target";
import type { StubRecord } from "./record";

/** The intended state of the target. */
export interface Wanted {
  /** The present target; absent: it is to be created. */
  object: TargetObject | undefined;
  text: string;
  /** Whether it differs from the present state. */
  changes: boolean;
  /** Whether our block is missing and is added. */
  adds: boolean;
  /** Our block, as it is inserted. */
  inserted: string;
}

/**
 * The target's text with our block for the present Service and surroundings, and without our older blocks.
 *
 * @throws TargetError if that is impossible
 */
export function wantedText(
  spec: Spec,
  surroundings: Surroundings,
  forwardTo: string | undefined,
  record: StubRecord | undefined,
): Wanted {
  const { format, ...target } = targetOf(spec.target);
  const { object } = surroundings;
  const before = requireText(spec, object);
  const fresh = target.entry(stubOf(spec, forwardTo), surroundings);
  const recorded = record?.blocks.map(({ inserted }) => inserted) ?? [];
  let text = before ?? format.blank;
  // A block with another comment, from an older version, has the same meaning, and stays as it was recorded.
  const known = recorded.find((other) => format.same(other, fresh));
  const inserted = known ?? fresh;
  const isThere = known === undefined ? format.isOurs(text, fresh) : format.has(text, known);
  const stale = recorded.filter((other) => !format.same(other, inserted) && format.has(text, other));
  for (const other of stale) text = format.remove(text, other);
  if (!isThere) text = format.insert(text, inserted);
  return { object, text, changes: text !== before, adds: !isThere, inserted };
}

/** The stub domain's settings, from the specification. */
export function stubOf({ domain, dnsService, anchor, owner }: Spec, forwardTo: string | undefined): Stub {
  if (forwardTo === undefined) {
    throw new TargetError(
      `Service ${nameText(dnsService)}, to which to forward, does not exist or has no ClusterIP`,
    );
  }
  const marker = [nameText(anchor), ...(owner === undefined ? [] : [owner])].join(" ");
  return { domain, forwardTo, marker, owner };
}

/** The target's text; undefined if it is missing and may be. */
function requireText(spec: Spec, object: TargetObject | undefined): string | undefined {
  const { field, mayBeMissing } = targetOf(spec.target);
  const where = targetText({ ...spec.target, key: undefined });
  if (object && "immutable" in object && object.immutable) throw new TargetError(`${where} is immutable`);
  const text = textOf(object, field);
  if (!object && mayBeMissing !== "object") throw new TargetError(`${where} does not exist`);
  if (text === undefined && mayBeMissing === "nothing") {
    throw new TargetError(`${where} has no key "${field[1]}"`);
  }
  return text;
}
