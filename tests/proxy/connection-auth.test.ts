import assert from "node:assert/strict";
import http from "node:http";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { after, afterEach, before, describe, it } from "node:test";
import { namesConnectionScheme } from "../../proxy-image/src/proxy/message/fields/connection-auth";
import { type World, clientField, eventually, startWorld, upstream } from "./support/world";

const HOST = "intranet.example.com";
const FEW = "few.example.com";

/** A client with one connection of its own. */
class Client {
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly port: number,
    public identity?: string,
  ) {}

  /** @returns status and body */
  async get(authorization?: string, host = HOST, path = "/"): Promise<string> {
    const headers = {
      Host: `${host}.egress.local`,
      ...(authorization && { Authorization: authorization }),
      ...(this.identity && clientField(this.identity)),
    };
    const request = http.get({ port: this.port, host: "127.0.0.1", path, agent: this.agent, headers });
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      request.on("response", resolve).on("error", reject);
    });
    return `${response.statusCode} ${await text(response)}`;
  }

  close(): void {
    this.agent.destroy();
  }
}

describe("a third party that signs on connections", () => {
  let world: World;
  /** By connection, as NTLM does it. */
  const users = new Map<Socket, string>();
  let ports: number[] = [];
  const clients: Client[] = [];
  const client = (identity?: string): Client => {
    const one = new Client(world.port, identity);
    clients.push(one);
    return one;
  };

  before(async () => {
    world = await startWorld({
      [HOST]: upstream("intranet-example-com"),
      [FEW]: upstream("few-example-com", { maxConnections: 1 }),
    });
    const handle: http.RequestListener = ({ socket, headers, url }, res) => {
      ports.push(socket.remotePort!);
      const [scheme, leg] = (headers.authorization ?? "").split(" ");
      if (leg?.startsWith("user=")) users.set(socket, leg.slice(5));
      const user = users.get(socket);
      if (url === "/open") res.end("open to all");
      else if (user) res.end(user);
      else {
        res.setHeader("WWW-Authenticate", leg ? `${scheme} challenge` : ["Basic realm=a", "Negotiate, NTLM"]);
        res.writeHead(401).end("who?");
      }
    };
    await world.internet.https([HOST], handle);
    await world.internet.https([FEW], handle);
  });
  after(() => world.close());
  afterEach(async () => {
    for (const one of clients.splice(0)) one.close();
    await eventually(() => world.internet.open === 0 || ports.length === 0, "bound connections have ended");
    ports = [];
  });

  for (const scheme of ["NTLM", "Negotiate", "ntlm", "NEGOTIATE"]) {
    it(`${scheme}: each client has its own connection, and its three legs use one`, async () => {
      const [alice, bob] = [client(), client()];
      assert.equal(await alice.get(`${scheme} hello`), "401 who?");
      assert.equal(await alice.get(`${scheme} user=alice`), "200 alice");
      assert.equal(await bob.get(), "401 who?");
      assert.equal(await bob.get(`${scheme} user=bob`), "200 bob");
      assert.equal(await alice.get(), "200 alice");
      assert.equal(await bob.get(), "200 bob");
      assert.deepEqual(new Set(ports).size, 2);
      assert.equal(ports[0], ports[1]);
    });
  }

  it("asked to sign on, a client keeps the connection that it was asked on", async () => {
    const [alice, bob] = [client(), client()];
    assert.equal(await alice.get(), "401 who?");
    assert.equal(await bob.get(), "401 who?");
    assert.equal(await alice.get("NTLM user=alice"), "200 alice");
    assert.equal(ports[0], ports[2]);
    assert.notEqual(ports[0], ports[1]);
  });

  it("a connection that served others before is theirs no more", async () => {
    const [alice, bob] = [client(), client()];
    assert.equal(await bob.get(undefined, HOST, "/open"), "200 open to all");
    assert.equal(await alice.get("NTLM user=alice"), "200 alice");
    assert.equal(ports[0], ports[1]);
    assert.equal(await bob.get(), "401 who?");
  });

  it("two clients behind one sidecar's connection are two", async () => {
    const agent = client();
    const as = (identity: string): Client => {
      agent.identity = identity;
      return agent;
    };
    assert.equal(await as("shop/alice").get("NTLM user=alice"), "200 alice");
    assert.equal(await as("shop/bob").get(), "401 who?");
    assert.equal(await as("shop/alice").get(), "200 alice");
  });

  it("ends with its client", async () => {
    const alice = client();
    assert.equal(await alice.get("NTLM user=alice"), "200 alice");
    assert.equal(world.internet.open, 1);
    alice.close();
    await eventually(() => world.internet.open === 0, "the third party's connection has ended");
  });

  it("gives way to another client where there may be no more connections", async () => {
    const [alice, bob] = [client(), client()];
    assert.equal(await alice.get("NTLM user=alice", FEW), "200 alice");
    assert.equal(await bob.get(undefined, FEW, "/open"), "200 open to all");
    assert.equal(await alice.get(undefined, FEW), "401 who?");
  });

  const values: [value: string, is: boolean][] = [
    ["NTLM", true],
    ["ntlm TlRMTVNTUAAB", true],
    ['Basic realm="a", Negotiate', true],
    ["Negotiate abc==", true],
    ["Kerberos abc", true],
    ["Basic bnRsbQ==", false],
    ["Bearer ntlm", false],
    ['Digest realm="NTLM"', false],
    ["", false],
  ];
  for (const [value, is] of values) {
    it(`${JSON.stringify(value)} ${is ? "signs on a connection" : "does not"}`, () => {
      assert.equal(namesConnectionScheme(value), is);
    });
  }
});
