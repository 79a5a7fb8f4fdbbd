import type { BodyLimits, CircuitBreaker, RateLimit, Retries, Timeouts } from "../../args/limits";
import {
  checkBoolean,
  checkDuration,
  checkInteger,
  checkObject,
  isRecord,
  type Unchecked,
} from "../checks/checks";
import type { Problems } from "../checks/problems";

const DAY = 24 * 3_600_000;
const COUNT = { min: 1, max: 1_000_000 };
const BYTES = { min: 0, max: 2 ** 40, example: 1_048_576 };

/** Adds a problem for every error in an upstream's limits: of time, number, size and rate. */
export function checkLimits(upstream: Unchecked, path: string, problems: Problems): void {
  const { timeouts, retries, circuitBreaker, rateLimit, maxBodyBytes, websockets } = upstream;
  if (timeouts !== undefined) checkTimeouts(timeouts, `${path}.timeouts`, problems);
  for (const [key, example] of [
    ["maxConnections", 256],
    ["maxRequests", 1_024],
    ["maxRequestsPerClient", 512],
  ] as const) {
    checkInteger(upstream[key], `${path}.${key}`, { ...COUNT, example }, problems);
  }
  checkPeriod(upstream.maxConnectionAge, `${path}.maxConnectionAge`, problems);
  if (retries !== undefined) checkRetries(retries, `${path}.retries`, problems);
  if (circuitBreaker !== undefined) checkCircuitBreaker(circuitBreaker, `${path}.circuitBreaker`, problems);
  if (rateLimit !== undefined) checkRateLimit(rateLimit, `${path}.rateLimit`, problems);
  if (maxBodyBytes !== undefined) checkBodyLimits(maxBodyBytes, `${path}.maxBodyBytes`, problems);
  checkBoolean(websockets, `${path}.websockets`, problems);
  if (isRecord(timeouts) && timeouts.websocket !== undefined && websockets !== true) {
    problems.add(
      `${path}.timeouts.websocket`,
      "means nothing without `websockets: true`; give both, or leave it out",
    );
  }
}

function checkTimeouts(value: unknown, path: string, problems: Problems): void {
  const keys: (keyof Timeouts)[] = ["connect", "response", "idle", "stream", "total", "websocket"];
  const timeouts = checkObject(value, path, keys, `{ response: "30s" }`, problems);
  for (const key of timeouts ? keys : []) checkPeriod(timeouts![key], `${path}.${key}`, problems);
}

function checkRetries(value: unknown, path: string, problems: Problems): void {
  const keys: (keyof Retries)[] = ["budgetPercent"];
  const retries = checkObject(value, path, keys, "{ budgetPercent: 20 }", problems);
  checkInteger(retries?.budgetPercent, `${path}.budgetPercent`, { min: 0, max: 100, example: 20 }, problems);
}

function checkCircuitBreaker(value: unknown, path: string, problems: Problems): void {
  const keys: (keyof CircuitBreaker)[] = ["failures", "reset"];
  const breaker = checkObject(value, path, keys, `{ failures: 10, reset: "10s" }`, problems);
  checkInteger(breaker?.failures, `${path}.failures`, { ...COUNT, example: 10 }, problems);
  checkPeriod(breaker?.reset, `${path}.reset`, problems);
}

function checkRateLimit(value: unknown, path: string, problems: Problems): void {
  const keys: (keyof RateLimit)[] = ["requests", "period", "burst"];
  const rate = checkObject(value, path, keys, `{ requests: 100, period: "1s" }`, problems);
  if (!rate) return;
  if (rate.requests === undefined)
    problems.add(`${path}.requests`, "is missing; give an integer, such as 100");
  checkInteger(rate.requests, `${path}.requests`, { ...COUNT, example: 100 }, problems);
  checkInteger(rate.burst, `${path}.burst`, { ...COUNT, example: 100 }, problems);
  checkPeriod(rate.period, `${path}.period`, problems);
}

function checkBodyLimits(value: unknown, path: string, problems: Problems): void {
  const keys: (keyof BodyLimits)[] = ["request", "response"];
  const limits = checkObject(value, path, keys, "{ request: 1048576 }", problems);
  for (const key of limits ? keys : []) checkInteger(limits![key], `${path}.${key}`, BYTES, problems);
}

/** Adds a problem if a period is given and invalid: more than 0 and at most 24 h. */
export function checkPeriod(value: unknown, path: string, problems: Problems): void {
  if (value === undefined) return;
  checkDuration(value, path, { min: 1, max: DAY, range: "more than 0 and at most 24h" }, problems);
}
