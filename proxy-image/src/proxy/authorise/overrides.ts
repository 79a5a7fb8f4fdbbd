import { type FieldName, fieldName } from "../message/fields/header-filter";
import { isMethodParameter, isPathParameter } from "../message/fields/override-names";
import { decodeFully, foldToAscii } from "./decode-fully";

/** Whether a header field, or a parameter of the target, makes some framework act on another method. */
export function overridesMethod(rawHeaders: readonly string[], method: string, target: string): boolean {
  if (hasField(rawHeaders, "method")) return true;
  const parameters = parametersOf(target);
  // Play 1 searches the whole query for this text.
  if (parameters.includes("x-http-method-override=")) return true;
  return hasParameter(parameters, (name, value) => isMethodParameter(name, value, method));
}

/** Whether a header field, or a parameter of the target, makes some framework act on another path. */
export function overridesPath(rawHeaders: readonly string[], target: string): boolean {
  return hasField(rawHeaders, "path") || hasParameter(parametersOf(target), isPathParameter);
}

function hasField(rawHeaders: readonly string[], what: FieldName["overrides"]): boolean {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (fieldName(rawHeaders[i]!).overrides === what) return true;
  }
  return false;
}

/**
 * The query, and parameters of path segments (`/a;_method=PUT`), as the most lenient server reads them: decoded
 * repeatedly, `+` as a blank, `%` that begins no escape dropped (classic ASP), lower case.
 */
function parametersOf(target: string): string {
  const start = target.search(/[?;%]/);
  if (start === -1) return "";
  const text = foldToAscii(decodeFully(target.slice(start)));
  const begin = text.search(/[?;]/);
  return begin === -1 ? "" : text.slice(begin + 1).replaceAll("%", "");
}

/** Pairs end at `&`, at `;` (W3C's advice, old Rack and Python), at a second `?`, and at NUL (C strings). */
function hasParameter(parameters: string, isOverride: (name: string, value: string) => boolean): boolean {
  for (const pair of parameters.split(/[&;?\0]/)) {
    const equals = pair.indexOf("=");
    const name = equals === -1 ? pair : pair.slice(0, equals);
    if (isOverride(name, equals === -1 ? "" : pair.slice(equals + 1))) return true;
  }
  return false;
}
