import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answers, requests } from "./support/http-shapes";
import { pick, random } from "./support/random";
import { type Message, answerByNode, requestsByNode } from "./support/read-by-node";
import { answerByProxy, requestsByProxy } from "./support/read-by-proxy";

const SEED = 20_260_901;
const CASES = 6_000;
const AT_A_TIME = 200;

/** Blanks around a value may be tabs too (RFC 9110 §5.6.3); llhttp leaves one behind this value. */
const ONLY_IN_NODE = /\ntransfer-encoding:[ \t]*chunked *\t/i;

/** RFC 9112 §7.1.1 asks recipients to accept blanks there; llhttp does not, and of responses the proxy does. */
const ONLY_IN_PROXY = /\n[0-9A-F]+[ \t]+;/i;

/** Reads many inputs, some at a time. */
async function forEach(make: () => string, read: (bytes: Buffer) => Promise<void>): Promise<void> {
  for (let done = 0; done < CASES; done += AT_A_TIME) {
    const inputs = Array.from({ length: AT_A_TIME }, make).filter((text) => !ONLY_IN_NODE.test(text));
    await Promise.all(inputs.map((text) => read(Buffer.from(text, "latin1"))));
  }
}

describe(`what is accepted, Node's own strict parser reads alike (seed ${SEED})`, () => {
  it("requests", async () => {
    const below = random(SEED);
    let accepted = 0;
    let refused = 0;
    await forEach(
      () => requests(below),
      async (bytes) => {
        const [ours, nodes] = await Promise.all([requestsByProxy([bytes]), requestsByNode(bytes)]);
        const text = JSON.stringify(bytes.toString("latin1"));
        accepted += ours.messages.length;
        if (ours.ended) refused++;
        assert.deepEqual(ours.messages, nodes.slice(0, ours.messages.length), text);
        // Where reading goes on, nothing may have been taken for a part of something else.
        if (!ours.ended) assert.equal(ours.messages.length, nodes.length, text);
      },
    );
    assert.ok(accepted > CASES / 2 && refused > CASES / 3, `${accepted} accepted, ${refused} ended`);
  });

  it("answers", async () => {
    const below = random(SEED);
    let accepted = 0;
    await forEach(
      () => answers(below),
      async (bytes) => {
        const method = pick(below, ["GET", "GET", "POST", "HEAD"]);
        const nodes: Message | undefined = await answerByNode(bytes, method);
        const ours = answerByProxy([bytes], method);
        if (ours === undefined || (nodes === undefined && ONLY_IN_PROXY.test(bytes.toString("latin1"))))
          return;
        accepted++;
        assert.deepEqual(ours, nodes, `${method} ${JSON.stringify(bytes.toString("latin1"))}`);
      },
    );
    assert.ok(accepted > CASES / 4 && accepted < CASES, `${accepted} accepted`);
  });
});
