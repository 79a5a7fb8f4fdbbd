import assert from "node:assert/strict";
import type { EventEmitter } from "node:events";
import type http from "node:http";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { type Answer, ask, begin } from "./support/client";
import { lines, sendRaw } from "./support/raw-client";
import { type World, eventually, startWorld, upstream } from "./support/world";

const HOST = "api.example.com";
const NAME = `${HOST}.egress.local`;

describe("messages from end to end", () => {
  let world: World;
  let handle: http.RequestListener = () => undefined;

  before(async () => {
    world = await startWorld({
      [HOST]: upstream("api-example-com", {
        timeouts: { connect: 2_000, response: 1_000, idle: 1_000, stream: 3_600_000 },
      }),
      "*.example.org": upstream("wildcard---example-org"),
      "silent.example.com": upstream("silent-example-com"),
      "big.example.com": upstream("big-example-com", { maxBodyBytes: { request: 1_000, response: 1_000 } }),
      "total.example.com": upstream("total-example-com", {
        timeouts: { connect: 1_000, response: 5_000, idle: 5_000, stream: 3_600_000, total: 500 },
      }),
    });
    for (const host of [HOST, "a.example.org", "big.example.com", "total.example.com"]) {
      await world.internet.https([host], (req, res) => handle(req, res));
    }
  });
  after(() => world.close());

  describe("trailers", () => {
    it("come back, without those that would change how the answer is read", async () => {
      handle = (_req, res) => {
        res.writeHead(200, { Trailer: "x-checksum, content-length, l5d-x" });
        res.write("body");
        res.addTrailers({ "X-Checksum": "abc", "Set-Cookie": "a=b", "L5d-X": "1" });
        res.end();
      };
      const answer = await ask({ port: world.port, host: NAME });
      assert.deepEqual({ ...answer.trailers }, { "x-checksum": "abc" });
    });

    it("go out, filtered the same way", async () => {
      let trailers: NodeJS.Dict<string> = {};
      let via: string | undefined;
      handle = (req, res) => {
        via = req.headers.via;
        req.resume().on("end", () => {
          trailers = { ...req.trailers };
          res.end("ok");
        });
      };
      const { req, response } = begin({
        port: world.port,
        host: NAME,
        method: "POST",
        headers: { Trailer: "X-Sum" },
      });
      req.write("body");
      req.addTrailers({ "X-Sum": "abc", Host: "evil", "X-Forwarded-For": "10.0.0.1" });
      req.end();
      assert.equal((await response).statusCode, 200);
      assert.deepEqual(trailers, { "x-sum": "abc" });
      assert.match(String(via), /^1\.1 k8s-egress/);
    });
  });

  it("trailers that nobody announced stay here: a reader that looks for none would see a request", async () => {
    let trailers: NodeJS.Dict<string> = {};
    handle = (req, res) => {
      req.resume().on("end", () => {
        trailers = { ...req.trailers };
        res.end("ok");
      });
    };
    const head = lines("POST / HTTP/1.1", `Host: ${NAME}`, "Transfer-Encoding: chunked", "Connection: close");
    const reply = await sendRaw(world.port, `${head}2\r\nab\r\n0\r\nX-Sum: abc\r\n\r\n`);
    assert.match(reply.text, /^HTTP\/1\.1 200 /);
    assert.deepEqual(trailers, {});
  });

  describe("interim answers", () => {
    it("103 is passed on, with the filters", async () => {
      handle = (_req, res) => {
        res.writeEarlyHints({ link: "</a.css>; rel=preload", "l5d-x": "1" });
        res.end("ok");
      };
      const reply = await sendRaw(world.port, lines("GET / HTTP/1.1", `Host: ${NAME}`, "Connection: close"));
      assert.match(
        reply.text,
        /^HTTP\/1\.1 103 Early Hints\r\nlink: <\/a\.css>; rel=preload\r\nVia: [^]*HTTP\/1\.1 200 OK/i,
      );
      assert.equal(reply.text.includes("l5d"), false);
    });
  });

  describe("Expect: 100-continue", () => {
    const expect = (body: string): string =>
      lines(
        "POST / HTTP/1.1",
        `Host: ${NAME}`,
        "Expect: 100-continue",
        `Content-Length: ${body.length}`,
        "Connection: close",
      );

    it("the third party's refusal comes before the body is sent", async () => {
      handle = () => assert.fail("not asked for");
      const server: EventEmitter = world.internet.server(HOST);
      const refuse = (_req: http.IncomingMessage, res: http.ServerResponse): void =>
        void res.writeHead(401).end();
      server.on("checkContinue", refuse);
      const reply = await sendRaw(world.port, expect("body"), 500);
      server.off("checkContinue", refuse);
      assert.match(reply.text, /^HTTP\/1\.1 401 /);
      assert.equal(reply.text.includes("100 Continue"), false);
    });

    it("a client that leaves while it waits for leave harms nobody else", async () => {
      const server: EventEmitter = world.internet.server(HOST);
      const silent = (): undefined => undefined;
      server.on("checkContinue", silent);
      const { req, response } = begin({
        port: world.port,
        host: NAME,
        method: "POST",
        headers: { Expect: "100-continue", "Content-Length": 4 },
      });
      response.catch(() => undefined);
      req.flushHeaders();
      await eventually(() => world.proxy.inFlight() === 1, "in flight");
      req.destroy();
      await eventually(() => world.proxy.inFlight() === 0, "left");
      server.off("checkContinue", silent);
      handle = (_req, res) => res.end("ok");
      assert.equal((await ask({ port: world.port, host: NAME })).status, 200);
    });

    it("a third party that never gives leave gets the body after a second, and the client is told to send it", async () => {
      await world.internet.tls(["silent.example.com"], (socket) => {
        let got = "";
        socket.on("data", (data: Buffer) => {
          got += data.toString();
          if (got.endsWith("body")) socket.end("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
        });
      });
      const { req, response } = begin({
        port: world.port,
        host: "silent.example.com.egress.local",
        method: "POST",
        headers: { Expect: "100-continue", "Content-Length": 4 },
      });
      req.on("continue", () => req.end("body"));
      req.flushHeaders();
      const res = await response;
      assert.deepEqual([res.statusCode, await text(res)], [200, "done"]);
    });

    it("a client that sends without leave is not held back", async () => {
      const server: EventEmitter = world.internet.server(HOST);
      const received: string[] = [];
      const mute = (req: http.IncomingMessage, res: http.ServerResponse): void => {
        req.on("data", (data: Buffer) => received.push(data.toString()));
        req.on("end", () => res.end("done"));
      };
      server.on("checkContinue", mute);
      const reply = await sendRaw(world.port, `${expect("body")}body`, 900);
      server.off("checkContinue", mute);
      assert.match(reply.text, /^HTTP\/1\.1 200 OK/);
      assert.deepEqual(received, ["body"]);
    });

    it("the third party's leave is the client's", async () => {
      let body = "";
      handle = (req, res) => {
        req.on("data", (data: Buffer) => (body += data.toString()));
        req.on("end", () => res.end("done"));
      };
      const reply = await sendRaw(world.port, `${expect("body")}body`, 500);
      assert.match(reply.text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
      assert.equal(body, "body");
    });
  });

  describe("redirects", () => {
    const location = async (value: string, host = NAME, field = "location"): Promise<Answer> => {
      handle = (_req, res) => void res.writeHead(302, { [field]: value }).end();
      return ask({ port: world.port, host });
    };

    const rewritten: [string, string, string?][] = [
      ["/path", "/path"],
      ["../x?y", "../x?y"],
      [`https://${HOST}/a?b#c`, `http://${NAME}/a?b#c`],
      [`https://${HOST.toUpperCase()}:443/a`, `http://${NAME}/a`],
      [`//${HOST}/a`, `http://${NAME}/a`],
      [`https://${HOST}/a`, "http://api-example-com.egress.svc:80/a", "api-example-com.egress.svc:80"],
      ["https://b.example.org/a", "http://b.example.org.egress.local/a", "a.example.org.egress.local"],
      ["https://b.example.org/a", "https://b.example.org/a"],
      [`https://${HOST}:8443/a`, `https://${HOST}:8443/a`],
      [`http://${HOST}/a`, `http://${NAME}/a`],
      [`HTTP://${HOST}:80/a`, `http://${NAME}/a`],
      [`http://${HOST}:8080/a`, `http://${HOST}:8080/a`],
      [`ftp://${HOST}/a`, `ftp://${HOST}/a`],
      ["https://elsewhere.example.net/a", "https://elsewhere.example.net/a"],
      ["mailto:a@b", "mailto:a@b"],
    ];
    for (const [sent, expected, host] of rewritten) {
      it(`${sent} → ${expected}`, async () =>
        assert.equal((await location(sent, host)).headers.location, expected));
    }

    const refused = [
      "http://kubernetes.default.svc/",
      "http://api-example-com.egress.svc.cluster.local/",
      "http://other.egress.local/",
      "https://egress.local./",
      "http://localhost/",
      "http://kubernetes/",
      "http://127.0.0.1/",
      "http://2130706433/",
      "http://0x7f.1/",
      "http://[::1]/",
      "http://[::ffff:10.0.0.1]/",
      "//169.254.169.254/latest",
      "http://metadata.google.internal/",
      "https://evil.example\\@10.0.0.1/",
      "/\\10.0.0.1/",
      "http://[broken/",
    ];
    for (const value of refused) {
      it(`${value} becomes 502`, async () => {
        const answer = await location(value);
        assert.equal(answer.status, 502);
        assert.match(String(answer.headers["proxy-status"]), /details="redirect-denied"/);
        assert.equal(answer.headers.location, undefined);
      });
    }

    it("Refresh, Link and Content-Location are treated alike", async () => {
      assert.equal(
        (await location(`5; url=https://${HOST}/a`, NAME, "refresh")).headers.refresh,
        `5; url=http://${NAME}/a`,
      );
      assert.equal(
        (await location(`<https://${HOST}/?page=2>; rel="next", </x>; rel="y"`, NAME, "link")).headers.link,
        `<http://${NAME}/?page=2>; rel="next", </x>; rel="y"`,
      );
      assert.equal((await location("0; url='http://10.0.0.1/'", NAME, "refresh")).status, 502);
      assert.equal((await location("http://10.0.0.1/", NAME, "content-location")).status, 502);
    });

    it("are never followed", async () => {
      let requests = 0;
      handle = (_req, res) => {
        requests++;
        res.writeHead(302, { location: `https://${HOST}/next` }).end();
      };
      assert.equal((await ask({ port: world.port, host: NAME })).status, 302);
      assert.equal(requests, 1);
    });
  });

  it("cookies belong to the one name", async () => {
    handle = (_req, res) => {
      res.setHeader("set-cookie", [
        "a=1; Domain=.example.com; Path=/",
        "b=domain; path=/; DOMAIN = x ; HttpOnly",
        "c=3",
      ]);
      res.end();
    };
    const answer = await ask({ port: world.port, host: NAME });
    assert.deepEqual(answer.headers["set-cookie"], ["a=1; Path=/", "b=domain; path=/; HttpOnly", "c=3"]);
  });

  describe("limits of bodies and time", () => {
    const failure = (answer: Answer): string =>
      /details="([^"]+)"/.exec(String(answer.headers["proxy-status"]))?.[1] ?? String(answer.status);
    const big = (options: Partial<Parameters<typeof ask>[0]>): Promise<Answer> =>
      ask({ port: world.port, host: "big.example.com.egress.local", ...options });

    it("a request's body beyond maxBodyBytes: 413, announced or not", async () => {
      let reached = 0;
      handle = (req, res) => {
        reached++;
        req.resume().on("end", () => res.end("ok"));
      };
      assert.equal(failure(await big({ method: "POST", body: "x".repeat(1_001) })), "request-too-large");
      assert.equal(reached, 0);
      const { req, response } = begin({
        port: world.port,
        host: "big.example.com.egress.local",
        method: "POST",
      });
      req.on("error", () => undefined);
      for (let i = 0; i < 11; i++) req.write("x".repeat(100));
      assert.equal((await response).statusCode, 413);
      req.destroy();
      assert.equal((await big({ method: "POST", body: "x".repeat(1_000) })).status, 200);
    });

    it("an answer's body beyond it: 502 where it is announced, a cut where it is not", async () => {
      handle = (_req, res) => res.end("x".repeat(1_001));
      assert.equal(failure(await big({})), "response-too-large");
      handle = (_req, res) => {
        res.write("x".repeat(900));
        setTimeout(() => res.end("x".repeat(900)), 20);
      };
      await assert.rejects(big({}));
      handle = (_req, res) => res.end("x".repeat(1_000));
      assert.equal((await big({})).body.length, 1_000);
    });

    it("a body that stops for timeouts.idle: 408", async () => {
      handle = (req) => void req.resume();
      const { req, response } = begin({ port: world.port, host: NAME, method: "POST" });
      req.write("half");
      const res = await response;
      assert.equal(res.statusCode, 408);
      req.destroy();
    });

    it("a client that stops reading for timeouts.idle is cut", async () => {
      world.log.length = 0;
      handle = (_req, res) => {
        const more = (): void => {
          while (!res.destroyed && res.write(Buffer.alloc(65_536)));
        };
        res.on("drain", more);
        more();
      };
      const { req, response } = begin({ port: world.port, host: NAME });
      req.on("error", () => undefined);
      req.end();
      const res = await response;
      res.on("error", () => undefined);
      res.pause();
      await eventually(() => world.log.length > 0, "cut");
      assert.equal(world.log[0]?.error, "client-stalled");
      req.destroy();
    });

    it("an exchange beyond timeouts.total is ended: 504 or a cut", async () => {
      handle = () => undefined;
      const host = "total.example.com.egress.local";
      assert.equal(failure(await ask({ port: world.port, host })), "total-timeout");
      handle = (_req, res) => {
        const timer = setInterval(() => res.write("x"), 50);
        res.on("close", () => clearInterval(timer));
      };
      await assert.rejects(ask({ port: world.port, host }));
    });
  });
});
