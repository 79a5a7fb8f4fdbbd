import type { UpstreamHandler } from "../../proxy-image/src/proxy/message/upstream-stream";
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { type TestContext, describe, it, mock } from "node:test";
import type { UpgradeAgent } from "../../proxy-image/src/proxy/upstream/upgrade-connector";
import { Pool } from "../../proxy-image/src/proxy/upstream/pool";
import { UpgradeConnector } from "../../proxy-image/src/proxy/upstream/upgrade-connector";

/** Milliseconds of a step. */
const STEP = 5;
const TIMEOUT = 1_000;

/** A connection, as far as a connector knows it. */
class Connected extends EventEmitter {
  destroyed = false;

  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

interface Dial {
  readonly signal: AbortSignal;
  readonly done: (socket: Connected) => void;
}

/** A connector whose dials end when the test says so, or with their signal. */
function stage(t: TestContext) {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const dials: Dial[] = [];
  const connector = new UpgradeConnector(
    (signal) =>
      new Promise((resolve, reject) => {
        dials.push({ signal, done: (socket) => resolve(socket as unknown as TLSSocket) });
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      }),
    TIMEOUT,
  );
  const results: (Error | Duplex)[] = [];
  const upgrade = (): UpgradeAgent => {
    const agent = connector.agent();
    agent.createConnection({}, (error, socket) => results.push(error ?? socket));
    return agent;
  };
  return { connector, dials, results, upgrade };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("dials of upgrades", () => {
  it("1,500 at once begin in steps: four, or a quarter more than there are", (t) => {
    const { dials, upgrade } = stage(t);
    for (let i = 0; i < 1_500; i++) upgrade();
    const steps = [dials.length];
    while (dials.length < 1_500 && steps.length < 100) {
      const before = dials.length;
      mock.timers.tick(STEP);
      steps.push(dials.length - before);
    }
    assert.deepEqual(steps.slice(0, 6), [4, 4, 4, 4, 4, 5]);
    let size = 0;
    for (const step of steps) {
      assert.ok(step <= Math.max(4, size / 4), `a step of ${step} with ${size} connections`);
      size += step;
    }
    assert.equal(dials.length, 1_500);
  });

  it("one alone does not wait, and neither does one that comes later", (t) => {
    const { dials, upgrade } = stage(t);
    upgrade();
    assert.equal(dials.length, 1);
    mock.timers.tick(STEP);
    upgrade();
    assert.equal(dials.length, 2);
  });

  it("one that leaves while it waits frees its place, and is not connected", async (t) => {
    const { connector, dials, upgrade } = stage(t);
    const agents = Array.from({ length: 10 }, upgrade);
    assert.equal(dials.length, 4);
    for (const agent of agents.slice(4, 9)) agent.destroy();
    assert.equal(connector.wanted, 1);
    for (let i = 0; i < 10; i++) mock.timers.tick(STEP);
    assert.equal(dials.length, 5);
    await turn();
    assert.equal(connector.size, 5);
  });

  it("one that leaves while it is connected ends its dial", async (t) => {
    const { connector, dials, results, upgrade } = stage(t);
    const agent = upgrade();
    agent.destroy();
    await turn();
    assert.ok(dials[0]!.signal.aborted);
    assert.equal(connector.size, 0);
    assert.ok(results[0] instanceof Error);
  });

  it("one that leaves when its dial is done leaves no connection", async (t) => {
    const { connector, dials, upgrade } = stage(t);
    const agent = upgrade();
    const socket = new Connected();
    dials[0]!.done(socket);
    agent.destroy();
    await turn();
    assert.ok(socket.destroyed);
    assert.equal(connector.size, 0);
  });

  it("the time limit holds for the wait and the dial together", async (t) => {
    const { dials, results, upgrade } = stage(t);
    for (let i = 0; i < 5; i++) upgrade();
    // The fifth begins to be connected a step later, and may not last a step longer for it.
    mock.timers.tick(TIMEOUT - 1);
    assert.equal(dials.length, 5);
    await turn();
    assert.equal(results.length, 0);
    mock.timers.tick(1);
    await turn();
    assert.equal(results.length, 5);
    assert.match((results[4] as Error).message, /did not accept a connection in time/);
  });

  it("connections count until they close", async (t) => {
    const { connector, dials, results, upgrade } = stage(t);
    upgrade();
    const socket = new Connected();
    dials[0]!.done(socket);
    await turn();
    assert.equal(results[0], socket);
    assert.equal(connector.size, 1);
    socket.destroy();
    assert.equal(connector.size, 0);
  });
});

describe("dials of a pool", () => {
  it("requests that are sent again on new connections are paced too", (t) => {
    mock.timers.enable({ apis: ["setTimeout"] });
    t.after(() => mock.timers.reset());
    let dials = 0;
    const pool = new Pool(() => {
      dials++;
      return new Promise(() => undefined);
    }, 1_000);
    const requester = {} as UpstreamHandler;
    for (let i = 0; i < 100; i++) pool.request(requester, true);
    assert.equal(dials, 4);
    mock.timers.tick(STEP);
    assert.equal(dials, 8);
  });

  it("dials that fail begin no others beyond the step", async (t) => {
    mock.timers.enable({ apis: ["setTimeout"] });
    t.after(() => mock.timers.reset());
    let dials = 0;
    const pool = new Pool(() => Promise.reject(new Error(`refused ${++dials}`)), 1_000);
    let failed = 0;
    const requester = { onFailure: () => failed++ } as unknown as UpstreamHandler;
    for (let i = 0; i < 100; i++) pool.request(requester);
    for (let i = 0; i < 5; i++) await turn();
    assert.equal(dials, 4);
    assert.equal(failed, 4);
    mock.timers.tick(STEP);
    await turn();
    assert.equal(dials, 8);
  });
});
