import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { describe, it, mock } from "node:test";
import { UpgradeGate } from "../../proxy-image/src/proxy/upgrade/gate";

const IDLE = 1_000;

/** One side's socket: what it gets is taken when the test says so. */
class Side extends Duplex {
  readonly got: string[] = [];
  private readonly untaken: (() => void)[] = [];
  private taking = true;

  override _read(): void {
    // The test pushes.
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.got.push(chunk.toString("latin1"));
    if (this.taking) done();
    else this.untaken.push(done);
  }
  hold(): void {
    this.taking = false;
  }
  release(): void {
    this.taking = true;
    for (const done of this.untaken.splice(0)) done();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A pair as http-proxy-middleware makes it. */
async function pair(): Promise<{ client: Side; upstream: Side; gate: UpgradeGate }> {
  const client = new Side({ allowHalfOpen: false });
  const upstream = new Side({ allowHalfOpen: false });
  for (const side of [client, upstream]) side.on("error", () => undefined);
  const gate = new UpgradeGate(client as unknown as Socket, Buffer.alloc(0), IDLE);
  gate.open("HTTP/1.1 101 verified\r\n\r\n", upstream as unknown as Socket);
  gate.write("HTTP/1.1 101 as it came\r\n\r\n");
  upstream.pipe(gate).pipe(upstream);
  await turn();
  return { client, upstream, gate };
}

describe("the gate of an upgrade", () => {
  it("the 101 that goes out is the verified one", async () => {
    const { client } = await pair();
    assert.deepEqual(client.got, ["HTTP/1.1 101 verified\r\n\r\n"]);
  });

  it("waits for the third party to take the last bytes of a client that has ended", async () => {
    const { client, upstream, gate } = await pair();
    upstream.hold();
    upstream.push(null);
    client.push("last words");
    client.push(null);
    await turn();
    assert.ok(client.destroyed, "both its directions have ended");
    assert.ok(gate.finishing);
    upstream.release();
    await turn();
    assert.deepEqual(upstream.got, ["last words"]);
    assert.ok(upstream.destroyed);
    assert.ok(gate.destroyed);
    assert.equal(gate.finishing, false);
  });

  it("but not for ever", async (t) => {
    mock.timers.enable({ apis: ["setTimeout"] });
    t.after(() => mock.timers.reset());
    const { client, upstream, gate } = await pair();
    upstream.hold();
    upstream.push(null);
    client.push("last words");
    client.push(null);
    await turn();
    mock.timers.tick(IDLE - 1);
    assert.equal(upstream.destroyed, false);
    mock.timers.tick(1);
    assert.ok(upstream.destroyed);
    assert.ok(gate.destroyed);
  });

  it("does not wait for the bytes of a client that was reset", async () => {
    const { client, upstream, gate } = await pair();
    upstream.hold();
    upstream.push(null);
    client.push("lost words");
    await turn();
    client.destroy(new Error("ECONNRESET"));
    await turn();
    assert.equal(gate.finishing, false);
    gate.destroy();
    assert.ok(upstream.destroyed);
  });

  it("tells since when one side does not take what the other sends", async () => {
    const { client, upstream, gate } = await pair();
    assert.deepEqual([gate.blockedSince, gate.pausedSince], [0, 0]);
    upstream.hold();
    client.push(Buffer.alloc(200_000));
    client.push(Buffer.alloc(200_000));
    client.push(Buffer.alloc(200_000));
    await turn();
    assert.ok(gate.blockedSince > 0);
    client.hold();
    upstream.push("frames");
    await turn();
    assert.ok(gate.pausedSince > 0);
    upstream.release();
    client.release();
    await turn();
    await turn();
    assert.deepEqual([gate.blockedSince, gate.pausedSince], [0, 0]);
  });
});
