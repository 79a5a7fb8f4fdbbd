import { someOf } from "./some-of";

/** Durations in milliseconds, by the last part of their path. */
const DURATIONS = new Set([
  "connect",
  "response",
  "idle",
  "stream",
  "total",
  "period",
  "reset",
  "maxAge",
  "maxConnectionAge",
]);
/** Its sizes have the names of time limits. */
const SIZES = "maxBodyBytes.";
/** Values that are long, or could be part of a credential: only that they change is said. */
const UNTOLD = new Set(["caCertificates", "prefix"]);
const MOST_CHARACTERS = 60;
const MOST_ITEMS = 5;

/** The settings that differ, each as `timeouts.response: 60s → 30s`. Both are plain JSON. */
export function settingChanges(before: object, after: object, without: readonly string[] = []): string[] {
  const old = new Map(leavesOf(before, without));
  const now = new Map(leavesOf(after, without));
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((path) => {
    const [was, is] = [old.get(path), now.get(path)];
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    if (UNTOLD.has(nameOf(path))) {
      return [`${path} ${was === undefined ? "is new" : is === undefined ? "is removed" : "changes"}`];
    }
    return [
      `${path} ${isLong(was) || isLong(is) ? itemChanges(was, is) : `${shown(path, was)} → ${shown(path, is)}`}`,
    ];
  });
}

/** Numbers, texts and lists, by their path. */
function leavesOf(value: object, without: readonly string[], prefix = ""): [string, unknown][] {
  return Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    const path = prefix + key;
    if (without.includes(path) || item === undefined) return [];
    return typeof item === "object" && item !== null && !Array.isArray(item)
      ? leavesOf(item as object, without, `${path}.`)
      : [[path, item]];
  });
}

/** A list whose text would be cut, so that both ends of the arrow could read the same. */
function isLong(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.join(", ").length > MOST_CHARACTERS;
}

function itemChanges(was: unknown, is: unknown): string {
  const [before, after] = [was, is].map((list) => (Array.isArray(list) ? list.map(String) : []));
  const added = after!.filter((item) => !before!.includes(item)).map((item) => `+ ${item}`);
  const removed = before!.filter((item) => !after!.includes(item)).map((item) => `− ${item}`);
  return added.length + removed.length === 0
    ? "changes in order"
    : someOf([...added, ...removed], MOST_ITEMS);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

function shown(path: string, value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return "none";
  if (typeof value === "number" && DURATIONS.has(nameOf(path)) && !path.startsWith(SIZES))
    return duration(value);
  const text = Array.isArray(value)
    ? value.join(", ")
    : typeof value === "string"
      ? value
      : JSON.stringify(value);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

function duration(milliseconds: number): string {
  for (const [unit, length] of [
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1_000],
  ] as const) {
    if (milliseconds >= length && milliseconds % length === 0) return `${milliseconds / length}${unit}`;
  }
  return `${milliseconds}ms`;
}
