import assert from "node:assert/strict";
import { type TestContext, describe, it } from "node:test";
import { AddressHealth, spread } from "../../proxy-image/src/proxy/upstream/connect/address-health";
import { RaceError, race } from "../../proxy-image/src/proxy/upstream/connect/race";

/** Attempts that end when the test says so, and a clock that it moves. */
function stage(t: TestContext, addresses: readonly string[], signal?: AbortSignal) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let clock = 0;
  t.mock.method(performance, "now", () => clock);
  const begun: string[] = [];
  const ended: string[] = [];
  const told: string[] = [];
  const discarded: string[] = [];
  const attempts = new Map<string, { resolve(value: string): void; reject(error: Error): void }>();
  const result = race(
    addresses,
    (address, end) => {
      begun.push(address);
      return new Promise<string>((resolve, reject) => {
        attempts.set(address, { resolve, reject });
        end.addEventListener("abort", () => {
          ended.push(address);
          reject(end.reason as Error);
        });
      });
    },
    (one) => discarded.push(one),
    {
      failed: (address) => told.push(`failed ${address}`),
      overtaken: (address) => told.push(`overtaken ${address}`),
      won: (address) => told.push(`won ${address}`),
    },
    signal,
  );
  result.catch(() => undefined);
  return {
    result,
    begun,
    ended,
    told,
    discarded,
    /** Milliseconds pass. */
    pass: (milliseconds: number) => {
      clock += milliseconds;
      t.mock.timers.tick(milliseconds);
    },
    connects: async (...connected: string[]) => {
      for (const address of connected) attempts.get(address)!.resolve(address);
      await new Promise(setImmediate);
    },
    fails: async (address: string) => {
      attempts.get(address)!.reject(new Error(address));
      await new Promise(setImmediate);
    },
  };
}

describe("a race between the addresses of a name", () => {
  it("begins with the first, alone", (t) => {
    const { begun, pass } = stage(t, ["a", "b"]);
    pass(249);
    assert.deepEqual(begun, ["a"]);
  });

  it("begins the next ones after 250, 125, 100, 100 ms while all are silent", (t) => {
    const { begun, pass } = stage(t, ["a", "b", "c", "d", "e"]);
    for (const [time, count] of [
      [250, 2],
      [124, 2],
      [1, 3],
      [100, 4],
      [100, 5],
      [10_000, 5],
    ] as const) {
      pass(time);
      assert.equal(begun.length, count);
    }
  });

  it("begins the next one at once when one fails", async (t) => {
    const { begun, fails, connects, result } = stage(t, ["a", "b", "c"]);
    await fails("a");
    await fails("b");
    assert.deepEqual(begun, ["a", "b", "c"]);
    await connects("c");
    assert.equal(await result, "c");
  });

  it("ends the others when one has won, and tells which were silent", async (t) => {
    const { result, pass, connects, ended, told } = stage(t, ["a", "b", "c"]);
    pass(250);
    pass(125);
    pass(50);
    await connects("c");
    assert.equal(await result, "c");
    assert.deepEqual(ended, ["a", "b"]);
    assert.deepEqual(told, ["overtaken a", "overtaken b", "won c"]);
  });

  it("holds nothing against one that had not had its time", async (t) => {
    const { pass, connects, told } = stage(t, ["a", "b", "c"]);
    pass(250);
    pass(50);
    await connects("a");
    assert.deepEqual(told, ["won a"]);
  });

  it("drops what connects in the same moment", async (t) => {
    const { result, pass, connects, discarded } = stage(t, ["a", "b"]);
    pass(250);
    await connects("a", "b");
    assert.equal(await result, "a");
    assert.deepEqual(discarded, ["b"]);
  });

  it("has failed when all have, with every reason", async (t) => {
    const { result, pass, fails } = stage(t, ["a", "b"]);
    pass(250);
    await fails("b");
    await fails("a");
    await assert.rejects(result, (error) => {
      assert.ok(error instanceof RaceError);
      assert.deepEqual(
        error.errors.map((one) => (one as Error).message),
        ["b", "a"],
      );
      return true;
    });
  });

  it("ends with its signal, and begins none after it", async (t) => {
    const ending = new AbortController();
    const { result, begun, ended, pass } = stage(t, ["a", "b", "c"], ending.signal);
    pass(250);
    ending.abort(new Error("not needed"));
    await assert.rejects(result, /not needed/);
    pass(10_000);
    assert.deepEqual(begun, ["a", "b"]);
    assert.deepEqual(ended, ["a", "b"]);
  });

  it("does not begin where its signal has been given", async (t) => {
    const { result, begun } = stage(t, ["a"], AbortSignal.abort(new Error("not needed")));
    await assert.rejects(result, /not needed/);
    assert.deepEqual(begun, []);
  });
});

describe("addresses that have failed", () => {
  it("go last, for twice as long each time, until they win", () => {
    let now = 0;
    const health = new AddressHealth(() => now);
    const isLast = (): boolean => health.order(["a", "b"])[0] === "b";
    for (const seconds of [30, 60, 120, 240, 480, 600, 600]) {
      health.failed("a");
      now += seconds * 1_000 - 1;
      assert.ok(isLast(), String(seconds));
      now += 1;
      assert.ok(!isLast(), String(seconds));
    }
    health.failed("a");
    health.won("a");
    assert.ok(!isLast());
    health.failed("a");
    now += 30_000;
    assert.ok(!isLast());
  });

  it("keep their order among themselves, and none is left out", () => {
    const health = new AddressHealth(() => 0);
    for (const address of ["c", "a", "b"]) health.failed(address);
    assert.deepEqual(health.order(["a", "x", "b", "y", "c"]), ["x", "y", "a", "b", "c"]);
  });
});

describe("connections spread over the addresses of a name", () => {
  const cases: [addresses: string[], turn: number, order: string[]][] = [
    [[], 3, []],
    [["1"], 7, ["1"]],
    [["1", "2", "3"], 0, ["1", "2", "3"]],
    [["1", "2", "3"], 4, ["2", "3", "1"]],
    [["1", "2", "a:", "b:"], 0, ["1", "a:", "2", "b:"]],
    [["a:", "b:", "1"], 1, ["b:", "1", "a:"]],
    [["1", "a:", "b:", "c:"], 0, ["1", "a:", "b:", "c:"]],
  ];
  for (const [addresses, turn, order] of cases)
    it(`${addresses.join(" ")}, connection ${turn}`, () => assert.deepEqual(spread(addresses, turn), order));
});
