import { parseDuration } from "../values/duration";
import { isDeferred, type Problems, show } from "./problems";

/** An object as it came from the program, before its members are checked. */
export type Unchecked = Record<string, unknown>;

/** True for an object whose members can be checked one by one. */
export function isRecord(value: unknown): value is Unchecked {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isDeferred(value);
}

/**
 * The value as an object whose members can be checked; adds a problem if it is not an object, and for each key that is
 * not one of `keys`. `example` is shown in the message.
 */
export function checkObject(
  value: unknown,
  path: string,
  keys: readonly string[],
  example: string,
  problems: Problems,
): Unchecked | undefined {
  if (!isRecord(value)) {
    problems.add(path, `is ${show(value)}; write it as in ${example}`);
    return undefined;
  }
  checkKnownKeys(value, new Set(keys), path, problems);
  return value;
}

/** Adds a problem if `value` is given and is not an integer from `min` to `max`. */
export function checkInteger(
  value: unknown,
  path: string,
  limits: { min: number; max: number; example: number },
  problems: Problems,
): void {
  if (value === undefined) return;
  if (!Number.isInteger(value) || (value as number) < limits.min || (value as number) > limits.max) {
    problems.add(
      path,
      `is ${show(value)}; give an integer from ${limits.min} to ${limits.max}, such as ${limits.example}`,
    );
  }
}

/** Adds a problem if `value` is given and is neither true nor false. */
export function checkBoolean(value: unknown, path: string, problems: Problems): void {
  if (value !== undefined && typeof value !== "boolean")
    problems.add(path, `is ${show(value)}; give true or false`);
}

/** Adds a problem for each key that is not one of `known`: a misspelt limit would silently not apply. */
export function checkKnownKeys(
  value: object,
  known: ReadonlySet<string>,
  path: string,
  problems: Problems,
): void {
  for (const key of Object.keys(value)) {
    if (!known.has(key)) {
      problems.add(
        path === "" ? key : `${path}.${key}`,
        `is not an argument; there are ${[...known].join(", ")}`,
      );
    }
  }
}

/** Adds a problem if `value` is given and is not one of `allowed`. */
export function checkOneOf(
  value: unknown,
  path: string,
  allowed: readonly string[],
  problems: Problems,
): void {
  if (value === undefined || isDeferred(value) || allowed.includes(value as string)) return;
  problems.add(path, `is ${show(value)}; give one of ${allowed.map(show).join(", ")}`);
}

/** Adds a problem if `value` is not a duration from `min` to `max` milliseconds; `range` says these in words. */
export function checkDuration(
  value: unknown,
  path: string,
  limits: { min: number; max: number; range: string },
  problems: Problems,
): void {
  const milliseconds = typeof value === "string" ? parseDuration(value) : undefined;
  if (milliseconds === undefined) {
    problems.add(path, `${show(value)} is not a duration; write an integer and ms, s, m or h, such as "30s"`);
  } else if (milliseconds < limits.min || milliseconds > limits.max) {
    problems.add(path, `${show(value)} is out of range; give ${limits.range}, such as "30s"`);
  }
}
