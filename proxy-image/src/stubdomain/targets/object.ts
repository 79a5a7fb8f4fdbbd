import type { TargetObject } from "../cluster/cluster";
import type { Field } from "./target";

/** The text in an object's field, or its JSON if it is not a text; undefined if it is absent. */
export function textOf(object: TargetObject | undefined, [parent, child]: Field): string | undefined {
  const fields: Record<string, unknown> | undefined = object?.[parent];
  const value = fields?.[child];
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The merge patch (RFC 7396) that sets the field to this text, or removes it. */
export function fieldPatch([parent, child]: Field, text: string | undefined): FieldPatch {
  if (text === undefined) return { [parent]: { [child]: null } };
  return { [parent]: { [child]: parent === "data" ? text : (JSON.parse(text) as unknown) } };
}

export type FieldPatch = Partial<Record<Field[0], Record<string, unknown>>>;
