import assert from "node:assert/strict";
import { it } from "node:test";
import { iterationsOf } from "./iterations";
import type { Callback, Recording } from "./recording";
import { traceReport } from "./report";

const call = (
  iteration: number,
  type: string,
  begin: number,
  end: number,
  processor: number,
  waited = 0,
): Callback => ({
  iteration,
  type,
  begin,
  end,
  processor,
  waited,
});

const RECORDING: Recording = {
  callbacks: [
    call(1, "TCPWRAP", 0, 1, 1),
    call(1, "TCPWRAP", 1, 2, 1),
    call(1, "Immediate", 2, 5, 0.5),
    call(2, "Timeout", 100, 101, 1, 95),
    call(2, "TCPWRAP", 141, 142, 1, 135),
  ],
  samples: [
    { at: 0.5, running: "parse" },
    { at: 1.5, running: "parse" },
    { at: 3, running: "write" },
    { at: 50, running: "(idle)" },
    { at: 100.5, running: "sweep" },
  ],
  collections: [{ kind: "scavenge", begin: 4, end: 7 }],
  deoptimised: ["parse: wrong map"],
};

it("an iteration has the callbacks, the samples and the collections within it", () => {
  const [first, second] = iterationsOf(RECORDING);
  assert.equal(first!.length, 5);
  assert.equal(first!.processor, 2.5);
  assert.equal(first!.collected, 1);
  assert.deepEqual(
    [...first!.kinds],
    [
      ["TCPWRAP", { count: 2, length: 2 }],
      ["Immediate", { count: 1, length: 3 }],
    ],
  );
  assert.deepEqual(first!.running, [
    ["parse", 2 / 3],
    ["write", 1 / 3],
  ]);
  assert.equal(second!.length, 2, "the wait between its timers and its events is not a part of it");
  assert.deepEqual(second!.running, [["sweep", 1]]);
});

it("the report tells time on a processor from time without one", () => {
  const report = traceReport(RECORDING, 50);
  assert.match(report, /the first 0\.05 s: 1 iterations, .* over 2 ms 1, over 2 ms of processor time 1/);
  assert.match(report, /afterwards: 1 iterations, .* over 2 ms 0/);
  assert.match(report, /5\.0 at 0\.00 s, 2\.5 of it on a processor: Immediate ×1 3\.0, TCPWRAP ×2 2\.0/);
  assert.match(report, /parse: wrong map/);
});

it("a recording of nothing is reported as that", () => {
  assert.match(
    traceReport({ callbacks: [], samples: [], collections: [], deoptimised: [] }, 50),
    /0 iterations/,
  );
});
