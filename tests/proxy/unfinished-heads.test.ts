import assert from "node:assert/strict";
import net from "node:net";
import { duplexPair } from "node:stream";
import { setImmediate as iteration } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import { ClientConnection } from "../../proxy-image/src/proxy/http1/client/client-connection";
import type { RequestHandler, Unreadable } from "../../proxy-image/src/proxy/http1/client/request-handler";
import { UnfinishedHeads } from "../../proxy-image/src/proxy/http1/client/unfinished-heads";
import { lines, sendRaw } from "./support/raw-client";
import { type World, startWorld, upstream } from "./support/world";

describe("header sections", () => {
  let world: World;
  before(async () => {
    world = await startWorld({ "api.example.com": upstream("api-example-com") });
    await world.internet.https(["api.example.com"], (req, res) => res.end(String(req.rawHeaders.length)), {
      maxHeaderSize: 65_536,
    });
  });
  after(() => world.close());

  it("of 30 KiB and 190 fields are forwarded", async () => {
    const fields = Array.from({ length: 186 }, (_, index) => `X-${index}: ${"x".repeat(140)}`);
    const reply = await sendRaw(
      world.port,
      lines("GET / HTTP/1.1", "Host: api.example.com.egress.local", "Connection: close", ...fields),
      2_000,
    );
    assert.match(reply.text, /^HTTP\/1\.1 200 /);
  });

  it("may take what the policy says", async (t) => {
    const small = await startWorld(
      { "api.example.com": upstream("api-example-com") },
      { limits: { headerBytes: 8_192, headerFields: 50 } },
    );
    t.after(() => small.close());
    const fields = Array<string>(60).fill("A: b");
    const many = await sendRaw(small.port, lines("GET / HTTP/1.1", "Host: a", ...fields), 500);
    assert.match(many.text, /has 61; at most 50 are accepted \(`limits\.headerFields`\)/);
    const large = await sendRaw(small.port, lines("GET / HTTP/1.1", `A: ${"x".repeat(9_000)}`), 500);
    assert.match(large.text, /longer than 8192 bytes \(`limits\.headerBytes`\)/);
  });
});

/** All clients share a process: many heads that never end must not fill its memory. */
describe("heads that do not end", () => {
  const stage = (unfinished: UnfinishedHeads) => {
    const [near, far] = duplexPair();
    const unreadable: Unreadable["kind"][] = [];
    const handler: RequestHandler<object> = {
      begin: () => ({}),
      decide: () => undefined,
      onDrain: () => undefined,
      onBodyError: () => undefined,
      outlivesClientEnd: () => false,
      onEnd: () => undefined,
      onUnreadable: ({ kind }) => void unreadable.push(kind),
    };
    new ClientConnection(far as unknown as net.Socket, handler, unfinished);
    near.on("error", () => undefined).resume();
    return { near, far, unreadable };
  };
  type Stages = [
    ReturnType<typeof stage>,
    ReturnType<typeof stage>,
    ReturnType<typeof stage>,
    ReturnType<typeof stage>,
  ];
  const BEGUN = `GET / HTTP/1.1\r\nA: ${"x".repeat(600)}`;

  it("have room together for so much, and one more is refused", async () => {
    const unfinished = new UnfinishedHeads(8_192, 1_500);
    const [first, second, third] = [stage(unfinished), stage(unfinished), stage(unfinished)];
    for (const { near } of [first, second, third]) {
      near.write(BEGUN);
      await iteration();
    }
    await iteration();
    assert.deepEqual([first.unreadable, second.unreadable, third.unreadable], [[], [], ["crowded"]]);
  });

  it("give their room back when they are refused", async () => {
    const unfinished = new UnfinishedHeads(8_192, 1_500);
    const [first, second, third, fourth] = [1, 2, 3, 4].map(() => stage(unfinished)) as Stages;
    for (const { near } of [first, second, third]) {
      near.write(BEGUN);
      await iteration();
    }
    await iteration();
    assert.deepEqual(third.unreadable, ["crowded"]);
    first.far.destroy();
    await iteration();
    fourth.near.write(BEGUN);
    await iteration();
    await iteration();
    assert.deepEqual(fourth.unreadable, []);
  });

  it("give their room back when they end, and when their connection does", async () => {
    const unfinished = new UnfinishedHeads(8_192, 1_500);
    const [first, second] = [stage(unfinished), stage(unfinished)];
    for (const { near } of [first, second]) near.write(BEGUN);
    await iteration();
    await iteration();
    first.near.write("\r\n\r\n");
    second.far.destroy();
    await iteration();
    await iteration();
    const [third, fourth] = [stage(unfinished), stage(unfinished)];
    for (const { near } of [third, fourth]) near.write(BEGUN);
    await iteration();
    await iteration();
    assert.deepEqual([third.unreadable, fourth.unreadable], [[], []]);
  });
});
