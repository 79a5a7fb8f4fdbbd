import assert from "node:assert/strict";
import { type TestContext, describe, it } from "node:test";
import { Breaker } from "../../proxy-image/src/proxy/upstream/breaker";

/** A breaker that opens with the second failure, for a second, and a clock that the test sets. */
function stage(t: TestContext) {
  let now = 0;
  t.mock.method(performance, "now", () => now);
  const breaker = new Breaker({ failures: 2, reset: 1_000 });
  return {
    breaker,
    at: (milliseconds: number): void => {
      now = milliseconds;
    },
    /** Opens it at 10 ms. */
    open: (): void => {
      now = 10;
      breaker.report("failure", 5);
      breaker.report("failure", 5);
    },
  };
}

describe("a circuit breaker", () => {
  it("opens with so many failures in a row, and probes when it has been open for long enough", (t) => {
    const { breaker, open, at } = stage(t);
    open();
    assert.equal(breaker.state, "open");
    assert.equal(breaker.admit(), 1_000);
    at(1_010);
    assert.equal(breaker.state, "half-open");
    assert.equal(breaker.admit(), 0);
    assert.equal(breaker.admit(), 1_000, "one probe at a time");
    breaker.report("success", 1_010);
    assert.equal(breaker.state, "closed");
  });

  it("stays open after a probe that fails", (t) => {
    const { breaker, open, at } = stage(t);
    open();
    at(1_010);
    breaker.admit();
    breaker.report("failure", 1_010);
    assert.equal(breaker.admit(), 1_000);
  });

  for (const outcome of ["success", "failure", "ignored"] as const) {
    it(`is not moved by the ${outcome} of a request that began before it opened`, (t) => {
      const { breaker, open, at } = stage(t);
      open();
      at(500);
      breaker.report(outcome, 4);
      assert.equal(breaker.admit(), 510);
      at(1_010);
      assert.equal(breaker.admit(), 0);
      breaker.report(outcome, 4);
      assert.equal(breaker.admit(), 1_000, "the probe is still under way");
    });
  }

  it("a probe whose client leaves makes room for another", (t) => {
    const { breaker, open, at } = stage(t);
    open();
    at(1_010);
    breaker.admit();
    breaker.report("ignored", 1_010);
    assert.equal(breaker.admit(), 0);
  });
});
