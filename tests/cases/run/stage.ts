import type { TestContext } from "node:test";
import type { PolicyUpstream } from "../../../proxy-image/src/contract/policy/policy";
import { type Internet, type World, startWorld, upstream } from "../../proxy/support/world";

/** The third party of all cases. */
export const HOST = "api.example.test";
/** Its name in the cluster, for which `H` stands. */
export const NAME = `${HOST}.egress.local`;

/** Milliseconds: longer than a case's client waits, so what a time limit ends is no expected outcome by accident. */
const TIMEOUTS = { connect: 20_000, response: 30_000, idle: 30_000, stream: 3_600_000 };

/** A proxy for one test, with the case's upstream; it ends with the test. */
export async function startStage(
  t: TestContext,
  changes: Record<string, unknown> = {},
  { host = HOST, internet }: { host?: string; internet?: Internet } = {},
): Promise<World> {
  // What is in it is checked by the proxy's own validation of the policy.
  const entry = upstream("api-example-test", { timeouts: TIMEOUTS, ...(changes as Partial<PolicyUpstream>) });
  const world = await startWorld({ [host]: entry }, internet && { internet });
  t.after(() => world.close());
  return world;
}
