import type { Rules } from "./admission-rules";
import { type Block, insertable, removable } from "./block-pattern";

/** Characters at the end of the text in which our block is searched. */
const END = 4096;

/**
 * Variables for the text before, split at our block in it, and the text after, without our block at its end. Whitespace
 * may remain in place of the block, because another program may have re-formatted the text.
 */
export function corefileVariables(key: string, block: Block): Rules["variables"] {
  const variable = (name: string, expression: string) => ({ name, expression });
  return [
    variable("before", `oldObject.?data[?${JSON.stringify(key)}].orValue("")`),
    variable("after", `object.?data[?${JSON.stringify(key)}].orValue("")`),
    variable("removed", `variables.before.find(${JSON.stringify(removable(block))})`),
    variable("cut", `variables.before.indexOf(variables.removed)`),
    variable(
      "head",
      `variables.removed == "" ? variables.before : variables.before.substring(0, variables.cut)`,
    ),
    variable(
      "tail",
      `variables.removed == "" ? "" : variables.before.substring(variables.cut + size(variables.removed))`,
    ),
    variable(
      "end",
      `size(variables.after) > ${END} ? variables.after.substring(size(variables.after) - ${END}) : variables.after`,
    ),
    variable("added", `variables.end.find(${JSON.stringify(`${insertable(block)}$`)})`),
    variable("rest", `variables.after.substring(0, size(variables.after) - size(variables.added))`),
  ];
}

/** @param mayBeEmpty a key of our own begins and ends with the block; a cluster's Corefile is never empty */
export const corefileRule = (mayBeEmpty: boolean) => `(variables.after == variables.before || (
  variables.removed == ""
  ? variables.rest == variables.before${mayBeEmpty ? "" : ' && variables.before != ""'}
  : !variables.head.trim().endsWith(",")
    && size(variables.rest) >= size(variables.head) + size(variables.tail)
    && variables.rest.startsWith(variables.head)
    && variables.rest.endsWith(variables.tail)
    && [variables.rest.substring(size(variables.head), size(variables.rest) - size(variables.tail))].all(seam,
      seam.trim() == "" && (seam.contains("\\n") || variables.head == "" || variables.tail == ""))
))`;
