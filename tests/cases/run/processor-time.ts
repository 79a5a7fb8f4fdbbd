import assert from "node:assert/strict";

/**
 * Runs something and bounds its processor time, of proxy, client and third party together. Other programs on the
 * machine do not count, so a bound of a second is no matter of luck.
 */
export async function withinProcessorSeconds<T>(
  limit: number | undefined,
  run: () => Promise<T>,
): Promise<T> {
  const began = process.cpuUsage();
  const result = await run();
  const { user, system } = process.cpuUsage(began);
  const seconds = (user + system) / 1e6;
  assert.ok(limit === undefined || seconds < limit, `it took ${seconds} s of processor time`);
  return result;
}
