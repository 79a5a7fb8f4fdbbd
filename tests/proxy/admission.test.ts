import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { lines, sendRaw, statusOf } from "./support/raw-client";
import { type World, startWorld, upstream } from "./support/world";

const NAME = "api.example.com.egress.local";
const HOST = `Host: ${NAME}`;

/** What is refused, and how: `tests/cases/requests`. */
describe("admission: what could be read in two ways is refused before anything is decided", () => {
  let world: World;
  let seen = 0;

  before(async () => {
    world = await startWorld({ "api.example.com": upstream("api-example-com") });
    await world.internet.https(["api.example.com"], (_req, res) => {
      seen++;
      res.end("reached");
    });
  });
  after(() => world.close());

  it("what follows a refused request on the same connection is not read", async () => {
    const smuggled = lines("GET / HTTP/1.1", HOST).repeat(3);
    const reply = await sendRaw(world.port, lines("GET / HTTP/1.1", HOST, HOST) + smuggled, 300);
    assert.equal(reply.ended, "closed");
    assert.equal(reply.text.split("HTTP/1.1 ").length, 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(world.internet.dialled.length, 0, "not even a connection");
    assert.equal(seen, 0);
  });

  it("the same third party is reached by a request that can be read in one way only", async () => {
    const reply = await sendRaw(world.port, lines("GET / HTTP/1.1", HOST), 300);
    assert.equal(statusOf(reply), 200);
    assert.match(reply.text, /reached$/);
    assert.equal(seen, 1);
  });
});
