import type { TargetObject } from "../cluster/cluster";
import type { Field } from "./target";

/** The text in an object's field, as JSON where it is no text; undefined when it is not there. */
export function textOf(object: TargetObject | undefined, [parent, child]: Field): string | undefined {
  const fields: Record<string, unknown> | undefined = object?.[parent];
  const value = fields?.[child];
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What a merge patch (RFC 7396) says to give the field this text, or to take it away. */
export function fieldPatch([parent, child]: Field, text: string | undefined): FieldPatch {
  if (text === undefined) return { [parent]: { [child]: null } };
  return { [parent]: { [child]: parent === "data" ? text : (JSON.parse(text) as unknown) } };
}

export type FieldPatch = Partial<Record<Field[0], Record<string, unknown>>>;
