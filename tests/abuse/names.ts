import http from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ask } from "../proxy/support/client";
import { startWorld, upstream } from "../proxy/support/world";
import { type Figure, count, each } from "./figure";

/** Bytes by which the heap may have grown when all is over. */
const MOST_GROWTH = 24 * 1024 * 1024;

/** Names that nobody has heard of, under a wildcard and elsewhere, leave nothing behind. */
export async function names(inputs = 100_000): Promise<Figure> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const world = await startWorld({
    "*.example.com": upstream("wildcard---example-com", {
      circuitBreaker: { failures: 1_000, reset: 1_000 },
    }),
  });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  const outcomes: Record<string, number> = {};
  const violations: string[] = [];
  const request = async (index: number): Promise<void> => {
    const host = index % 2 === 0 ? `n${index}.example.com.egress.local` : `n${index}.example.net`;
    const { status } = await ask({
      port: world.port,
      host,
      agent,
      headers: { "l5d-client-id": `forged-${index}` },
    });
    count(outcomes, `answered ${status}`);
    world.log.length = 0;
    world.internet.resolved.length = 0;
  };
  const series = async (): Promise<number> => {
    const { body } = await ask({ port: world.adminPort, host: "admin", path: "/metrics" });
    const lines = body.toString().split("\n");
    // Which kinds of garbage collection there have been so far has nothing to do with names.
    return lines.filter((line) => !line.startsWith("nodejs_gc_")).length;
  };
  const heap = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  // Tables of bounded size are full after these.
  const warm = Math.floor(inputs / 10);
  await each([...Array(warm).keys()], 16, request);
  const before = { heap: heap(), series: await series() };
  await each(
    Array.from({ length: inputs - warm }, (_, index) => warm + index),
    16,
    request,
  );
  const after = { heap: heap(), series: await series() };
  agent.destroy();
  await world.close();
  if (after.series > before.series + 5)
    violations.push(`series of metrics: ${before.series}, then ${after.series}`);
  if (after.heap > before.heap + MOST_GROWTH)
    violations.push(`bytes of heap: ${before.heap}, then ${after.heap}`);
  outcomes["KiB more heap"] = Math.round((after.heap - before.heap) / 1024);
  return { name: "random names", tried: inputs, atLeast: 100_000, outcomes, violations };
}
