import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Ending, endedTls } from "./support/ended-tls";
import { type Reply, lines, sendRaw, statusOf } from "./support/raw-client";
import { type World, authority, eventually, startWorld, upstream } from "./support/world";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
const WHOLE: Ending[] = ["close_notify and FIN", "close_notify without FIN"];
const CUT: Ending[] = ["FIN alone", "FIN in the middle of the close_notify", "FIN in the middle of the data"];
/** Around the sizes of a TLS record (16 KiB) and of libuv's reads (64 KiB), where more than one piece comes in one turn. */
const SIZES = [0, 2, 16_384, 65_536, 65_536 - 46, 300_000];
/** More than the sockets between proxy and client take from a client that does not read. */
const LARGE = 16 * 1024 * 1024;
const HEAD = "HTTP/1.1 200 OK\r\nServer: a\r\n\r\n";

const hostOf = (version: string, kind: string | number): string =>
  `of-${kind}.${version.replaceAll(".", "-").toLowerCase()}.example.com`;
const bodyOf = ({ text }: Reply): string => text.slice(text.indexOf("\r\n\r\n") + 4);

describe("a response that ends with its connection", () => {
  let world: World;
  let ending: Ending = "FIN alone";
  const request = (host: string, version = "HTTP/1.1", ...more: string[]): string =>
    lines(`GET / ${version}`, `Host: ${host}.egress.local`, ...more);

  before(async () => {
    const kinds: [kind: string | number, response: Buffer][] = [
      ...SIZES.map((size): [number, Buffer] => [
        size,
        Buffer.concat([Buffer.from(HEAD), Buffer.alloc(size, 97)]),
      ]),
      ["large", Buffer.concat([Buffer.from(HEAD), Buffer.alloc(LARGE, 97)])],
      ["sized", Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")],
      ["old", Buffer.from("HTTP/1.0 200 OK\r\n\r\nok")],
      ["refusing", Buffer.from("HTTP/1.1 403 Forbidden\r\n\r\nno")],
    ];
    const hosts = VERSIONS.flatMap((version) => kinds.map(([kind]) => hostOf(version, kind)));
    world = await startWorld(
      Object.fromEntries(
        hosts.map((host) => [
          host,
          upstream(host.replaceAll(".", "-"), {
            websockets: { maxAge: 1_000 },
            ...(host.startsWith("of-old") && { circuitBreaker: { failures: 1, reset: 60_000 } }),
            timeouts: { connect: 2_000, response: 30_000, idle: 30_000, stream: 3_600_000 },
          }),
        ]),
      ),
    );
    const identity = authority.issue(hosts);
    for (const version of VERSIONS) {
      for (const [kind, response] of kinds) {
        const credentials = { ...identity, minVersion: version, maxVersion: version };
        await world.internet.add(
          [hostOf(version, kind)],
          endedTls(credentials, response, () => ending),
        );
      }
    }
  });
  after(() => world.close());
  beforeEach(() => (world.log.length = 0));

  for (const version of VERSIONS) {
    for (const end of WHOLE) {
      it(`comes whole with ${end} (${version})`, async () => {
        ending = end;
        for (const size of SIZES) {
          const reply = await sendRaw(world.port, request(hostOf(version, size), "HTTP/1.0"), 3_000);
          assert.deepEqual([statusOf(reply), bodyOf(reply).length, reply.ended], [200, size, "closed"]);
        }
        const chunked = await sendRaw(
          world.port,
          request(hostOf(version, 2), "HTTP/1.1", "Connection: close"),
        );
        assert.match(chunked.text, /\r\n2\r\naa\r\n0\r\n\r\n$/);
        assert.ok(world.log.every(({ error }) => error === undefined));
      });
    }

    for (const end of CUT) {
      it(`is cut with ${end} (${version})`, async () => {
        ending = end;
        for (const size of SIZES) {
          const reply = await sendRaw(
            world.port,
            request(hostOf(version, size), "HTTP/1.1", "Connection: close"),
            3_000,
          );
          assert.equal(statusOf(reply), end === "FIN in the middle of the data" && size < 16_384 ? 502 : 200);
          if (statusOf(reply) === 200) assert.ok(!reply.text.endsWith("0\r\n\r\n"), "no last chunk");
          assert.equal(reply.ended, "closed");
          assert.match(String(world.log.at(-1)?.error), /^(?:response-truncated|connection-terminated)$/);
        }
      });
    }

    it(`is cut by a reset where the client knows no chunks (${version})`, async () => {
      ending = "FIN alone";
      const reply = await sendRaw(world.port, request(hostOf(version, 2), "HTTP/1.0"));
      assert.equal(reply.ended, "reset");
      assert.equal(world.log[0]?.error, "response-truncated");
    });

    for (const [end, last] of [
      ["close_notify and FIN", true],
      ["FIN alone", false],
    ] as const) {
      it(`is ${last ? "whole" : "cut"} with ${end}, though the client reads slowly (${version})`, async () => {
        ending = end;
        const socket = net.connect(world.port, "127.0.0.1").pause();
        socket.write(request(hostOf(version, "large"), "HTTP/1.1", "Connection: close"));
        await once(socket, "connect");
        await wait(200);
        assert.equal(world.log.length, 0, "the client must hold the response up");
        let bytes = 0;
        let tail = "";
        socket.on("data", (data: Buffer) => {
          bytes += data.length;
          tail = (tail + data.toString("latin1")).slice(-5);
        });
        await once(socket.resume(), "end");
        assert.ok(bytes > LARGE);
        assert.equal(tail === "0\r\n\r\n", last);
        await eventually(() => world.log.length === 1, "logged");
        assert.equal(world.log[0]?.error, last ? undefined : "response-truncated");
      });
    }

    it(`needs no close_notify where its length is known (${version})`, async () => {
      ending = "FIN alone";
      const reply = await sendRaw(
        world.port,
        request(hostOf(version, "sized"), "HTTP/1.1", "Connection: close"),
      );
      assert.match(reply.text, /\r\n\r\nok$/);
      assert.equal(world.log[0]?.error, undefined);
    });

    it(`needs none where it has no body (${version})`, async () => {
      ending = "FIN alone";
      const head = request(hostOf(version, 2), "HTTP/1.1", "Connection: close").replace("GET", "HEAD");
      assert.equal(statusOf(await sendRaw(world.port, head)), 200);
      assert.equal(world.log[0]?.error, undefined);
    });

    it(`needs it in HTTP/1.0 too, and opens no circuit breaker without it (${version})`, async () => {
      const outcomes: unknown[] = [];
      for (ending of ["FIN alone", "close_notify and FIN"] as const) {
        const reply = await sendRaw(
          world.port,
          request(hostOf(version, "old"), "HTTP/1.1", "Connection: close"),
        );
        outcomes.push(reply.text.endsWith("2\r\nok\r\n0\r\n\r\n"), world.log.at(-1)?.error);
      }
      assert.deepEqual(outcomes, [false, "response-truncated", true, undefined]);
    });

    it(`needs it where it refuses an upgrade (${version})`, async () => {
      const handshake = request(
        hostOf(version, "refusing"),
        "HTTP/1.1",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      );
      const outcomes: unknown[] = [];
      for (ending of ["close_notify and FIN", "FIN alone"] as const) {
        const reply = await sendRaw(world.port, handshake);
        outcomes.push(statusOf(reply), reply.text.endsWith("0\r\n\r\n"), world.log.at(-1)?.error);
      }
      assert.deepEqual(outcomes, [403, true, undefined, 403, false, "response-truncated"]);
    });
  }
});
