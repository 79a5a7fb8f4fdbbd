import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answers, requests } from "./support/http-shapes";
import { type Random, pick, random } from "./support/random";
import { answerByProxy, requestsByProxy } from "./support/read-by-proxy";

const SEED = 20_260_902;

/** The same bytes, in pieces of one byte or of some. */
function* split(below: Random, bytes: Buffer): Generator<Buffer> {
  const most = pick(below, [1, 3, 20, 100]);
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + below(most);
    yield bytes.subarray(at, end);
    at = end;
  }
}

describe(`in whatever pieces a message comes, it is read the same (seed ${SEED})`, () => {
  it("requests", async () => {
    const below = random(SEED);
    // All chosen before anything is awaited, so that the seed decides.
    const all = Array.from({ length: 500 }, () => {
      const bytes = Buffer.from(requests(below), "latin1");
      return { bytes, split: [...split(below, bytes)] };
    });
    let accepted = 0;
    await Promise.all(
      all.map(async ({ bytes, split }) => {
        const whole = await requestsByProxy([bytes]);
        const pieces = await requestsByProxy(split);
        assert.deepEqual(pieces, whole, JSON.stringify(bytes.toString("latin1")));
        accepted += whole.messages.length;
      }),
    );
    assert.ok(accepted > all.length / 3, `${accepted} accepted`);
  });

  it("answers", () => {
    const below = random(SEED);
    let accepted = 0;
    for (let i = 0; i < 5_000; i++) {
      const bytes = Buffer.from(answers(below), "latin1");
      const method = pick(below, ["GET", "HEAD"]);
      const whole = answerByProxy([bytes], method);
      const pieces = answerByProxy(split(below, bytes), method);
      assert.deepEqual(pieces, whole, JSON.stringify(bytes.toString("latin1")));
      if (whole) accepted++;
    }
    assert.ok(accepted > 1_000, `${accepted} accepted`);
  });
});
