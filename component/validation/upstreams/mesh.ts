import { isMethod } from "../../../proxy-image/src/contract/names/method";
import type { MeshCircuitBreaker, MeshRetries, MeshTimeouts, UpstreamMesh } from "../../args/upstream-mesh";
import { MeshMode } from "../../args/mesh";
import { checkInteger, checkObject } from "../checks/checks";
import { parseDuration } from "../values/duration";
import { checkList } from "../checks/lists";
import { type Problems, show } from "../checks/problems";
import { checkPeriod } from "./limits";

/** Methods that an HTTPRoute can match (Gateway API, `HTTPMethod`) and the proxy forwards. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"].filter(isMethod);
/** Linkerd's own defaults, in milliseconds. */
const PENALTIES = { minPenalty: 1_000, maxPenalty: 60_000 };

/** Adds a problem for every value in an upstream's `mesh` that Linkerd would ignore, or that has no effect. */
export function checkUpstreamMesh(value: unknown, path: string, mode: unknown, problems: Problems): void {
  if (value === undefined) return;
  if (mode === MeshMode.None) {
    problems.add(path, `means nothing while mesh.mode is "none"; leave it out`);
    return;
  }
  const keys: (keyof UpstreamMesh)[] = ["retries", "circuitBreaker", "timeouts"];
  const mesh = checkObject(value, path, keys, `{ retries: { statuses: ["502", "504"] } }`, problems);
  if (mesh?.retries !== undefined) checkRetries(mesh.retries, `${path}.retries`, problems);
  if (mesh?.circuitBreaker !== undefined)
    checkBreaker(mesh.circuitBreaker, `${path}.circuitBreaker`, problems);
  if (mesh?.timeouts !== undefined) checkTimeouts(mesh.timeouts, `${path}.timeouts`, problems);
}

function checkRetries(value: unknown, path: string, problems: Problems): void {
  const keys: (keyof MeshRetries)[] = ["statuses", "limit", "timeout", "methods"];
  const retries = checkObject(value, path, keys, `{ statuses: ["502", "504"] }`, problems);
  if (!retries) return;
  const { statuses, limit, timeout, methods } = retries;
  const right = `"503", "502-504", "5xx" or "gateway-error"`;
  if (statuses === undefined) problems.add(`${path}.statuses`, `is missing; give a list of ${right}`);
  checkTexts(
    statuses,
    `${path}.statuses`,
    { example: `["502", "504"]`, accepts: isStatuses, right },
    "without one nothing is retried, and `retries` can be left out",
    problems,
  );
  checkInteger(limit, `${path}.limit`, { min: 1, max: 10, example: 1 }, problems);
  checkPeriod(timeout, `${path}.timeout`, problems);
  const known = METHODS.map((method) => show(method)).join(", ");
  checkTexts(
    methods,
    `${path}.methods`,
    { example: `["GET"]`, accepts: (method) => METHODS.includes(method), right: known },
    "without one nothing is retried; left out, GET and HEAD are",
    problems,
  );
}

/** The form that Linkerd's policy controller reads, without statuses that are no failures. */
function isStatuses(text: string): boolean {
  if (text === "5xx" || text === "gateway-error") return true;
  const [, first, last] = /^([45]\d\d)(?:-([45]\d\d))?$/.exec(text) ?? [];
  return first !== undefined && (last === undefined || first <= last);
}

function checkBreaker(value: unknown, path: string, problems: Problems): void {
  const keys: (keyof MeshCircuitBreaker)[] = ["maxFailures", "minPenalty", "maxPenalty", "jitterRatio"];
  const breaker = checkObject(value, path, keys, "{ maxFailures: 7 }", problems);
  if (!breaker) return;
  checkInteger(breaker.maxFailures, `${path}.maxFailures`, { min: 1, max: 1_000_000, example: 7 }, problems);
  const { jitterRatio } = breaker;
  const fits = typeof jitterRatio === "number" && jitterRatio >= 0 && jitterRatio <= 100;
  if (jitterRatio !== undefined && !fits) {
    problems.add(`${path}.jitterRatio`, `is ${show(jitterRatio)}; give a number from 0 to 100, such as 0.5`);
  }
  const [min, max] = (["minPenalty", "maxPenalty"] as const).map((key) => {
    checkPeriod(breaker[key], `${path}.${key}`, problems);
    return parseDuration(String(breaker[key])) ?? PENALTIES[key];
  }) as [number, number];
  if (min > max) {
    problems.add(
      `${path}.minPenalty`,
      `is ${min} ms, more than maxPenalty, ${max} ms: Linkerd would drop both; give at most that`,
    );
  }
}

function checkTimeouts(value: unknown, path: string, problems: Problems): void {
  const keys: (keyof MeshTimeouts)[] = ["idle", "request", "response"];
  const timeouts = checkObject(value, path, keys, `{ idle: "30s" }`, problems);
  for (const key of timeouts ? keys : []) checkPeriod(timeouts![key], `${path}.${key}`, problems);
}

function checkTexts(
  value: unknown,
  path: string,
  { example, accepts, right }: { example: string; accepts: (text: string) => boolean; right: string },
  whyNotEmpty: string,
  problems: Problems,
): void {
  const check = (item: unknown, at: string) => {
    if (typeof item !== "string" || !accepts(item)) problems.add(at, `is ${show(item)}; give ${right}`);
  };
  checkList(value, path, example, problems, check, whyNotEmpty);
}
