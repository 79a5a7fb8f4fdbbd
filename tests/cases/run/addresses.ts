import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { ask } from "../../proxy/support/client";
import { type Kind, kind } from "./case-file";
import { type Shape, flag, list, object, oneOrMore, optional, text } from "./shape";
import { HOST, NAME, startStage } from "./stage";

const format = object({
  why: text,
  address: oneOrMore(text),
  allowedCidrs: optional(list(text)),
  permitted: flag,
});
type Case = typeof format extends Shape<infer T> ? T : never;

/** Whether an address is connected to where a third party's name resolves to it. */
export const addresses: Kind = kind(format, (one) => [{ run: (t) => run(t, one) }]);

async function run(t: TestContext, { address: all, allowedCidrs, permitted }: Case): Promise<void> {
  const world = await startStage(t, allowedCidrs && { allowedCidrs }, { host: `*.${HOST}` });
  for (const [index, address] of all.entries()) {
    world.internet.connected.length = 0;
    // Names of their own, because the proxy remembers addresses.
    world.internet.names.set(`n${index}.${HOST}`, [address]);
    const { status, body } = await ask({ port: world.port, host: `n${index}.${NAME}` });
    assert.equal(status, 502, address);
    const { code } = JSON.parse(body.toString()) as { code: string };
    // Nobody listens at any of them.
    assert.equal(code, permitted ? "connection-refused" : "destination-prohibited", address);
    assert.equal(world.internet.connected.length, permitted ? 1 : 0, `${address} was connected to`);
  }
}
