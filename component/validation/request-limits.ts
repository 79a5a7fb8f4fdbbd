import { HEADER_BYTES, HEADER_FIELDS } from "../../proxy-image/src/contract/policy/limits";
import type { RequestLimits } from "../args/request-limits";
import { checkInteger, checkObject } from "./checks/checks";
import type { Problems } from "./checks/problems";

/** Adds a problem for every error in `limits`. */
export function checkRequestLimits(value: unknown, problems: Problems): void {
  if (value === undefined) return;
  const keys: (keyof RequestLimits)[] = ["headerBytes", "headerFields"];
  const limits = checkObject(value, "limits", keys, "{ headerBytes: 65536 }", problems);
  const bounds = [
    ["headerBytes", HEADER_BYTES],
    ["headerFields", HEADER_FIELDS],
  ] as const;
  for (const [key, { least, most, fallback }] of bounds) {
    checkInteger(limits?.[key], `limits.${key}`, { min: least, max: most, example: fallback }, problems);
  }
}
