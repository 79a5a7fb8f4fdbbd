import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pino } from "pino";
import { addressRule, among } from "../../proxy-image/src/proxy/upstream/names/address-rule";
import { translationPrefixes } from "../../proxy-image/src/proxy/upstream/names/translated";
import { createOwnAddresses } from "../../proxy-image/src/proxy/upstream/names/own-addresses";
import { ask } from "./support/client";
import { startWorld, upstream } from "./support/world";

/** One inside each range that is no third party's, and the edges where it matters. */
const SPECIAL = `
  10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1
  192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 64:ff9b:1::808:808 100::1 2001:2::1 2001:10::1 4000::1 1000::1 fe00::1
  2001:db8::1 2002:808:808::1 3fff::1 2620:4f:8000::1 5f00::1 fc00::1 fdff:ffff::1`
  .trim()
  .split(/\s+/);
const NEVER = `
  0.0.0.0 0.1.2.3 127.0.0.1 127.255.255.255 169.254.169.254 169.254.170.2 224.0.0.1 239.255.255.255 240.0.0.1
  255.255.255.255 100.100.100.200 168.63.129.16 192.0.0.192 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
  ::ffff:8.8.8.8 fd00:ec2::254 fd20:ce::254 fe80::1 fec0::1 ff02::1`
  .trim()
  .split(/\s+/);
const PUBLIC = `
  1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255
  172.15.255.255 172.32.0.0 192.0.1.1 192.167.255.255 198.17.255.255 198.20.0.0 223.255.255.255
  64:ff9b::808:808 2606:4700::1111 2a00:1450::1 2001:4860:4860::8888`
  .trim()
  .split(/\s+/);
const nobody = (): boolean => false;
const EVERYTHING = ["0.0.0.0/0", "::/0"];

describe("addresses", () => {
  it("public ones are permitted", () => {
    const permits = addressRule([], nobody);
    for (const address of PUBLIC) assert.equal(permits(address), true, address);
  });

  it("special ones are not, unless the upstream names their range", () => {
    const permits = addressRule([], nobody);
    const opened = addressRule(EVERYTHING, nobody);
    for (const address of SPECIAL) {
      assert.equal(permits(address), false, address);
      assert.equal(opened(address), true, address);
    }
    assert.equal(addressRule(["10.1.0.0/16"], nobody)("10.1.2.3"), true);
    assert.equal(addressRule(["10.1.0.0/16"], nobody)("10.2.0.1"), false);
  });

  it("nothing opens loopback, link-local, multicast, metadata and mapped addresses", () => {
    const opened = addressRule(EVERYTHING, nobody);
    for (const address of NEVER) assert.equal(opened(address), false, address);
  });

  it("an address that stands for an IPv4 one is judged by that one too", () => {
    const permits = addressRule(["2002::/16", "64:ff9b:1::/48", "2001::/32"], among(["8.8.4.4"]));
    assert.equal(permits("64:ff9b::8.8.8.8"), true);
    assert.equal(permits("2002:808:808::1"), true);
    for (const inner of [
      "127.0.0.1",
      "169.254.169.254",
      "10.0.0.1",
      "100.100.100.200",
      "0.0.0.0",
      "8.8.4.4",
    ]) {
      assert.equal(permits(`64:ff9b::${inner}`), false, inner);
    }
    assert.equal(permits("2002:a9fe:a9fe::1"), false);
    assert.equal(addressRule(["10.0.0.0/8"], nobody)("64:ff9b::10.0.0.1"), true);
    for (const [address, is] of [
      ["64:ff9b::cb00:7101", false],
      ["64:ff9b:1::a9fe:a9fe", false],
      ["64:ff9b:1::8.8.8.8", true],
      // Below a prefix of 48 bits, and of 64.
      ["64:ff9b:1:a9fe:a9:fe00::", false],
      ["64:ff9b:1:808:8:800::", true],
      ["64:ff9b:1:0:a9:fea9:fe00:0", false],
      // Teredo: server 8.8.8.8, client 169.254.169.254; then a public client.
      ["2001:0:808:808:0:0:5601:5601", false],
      ["2001:0:808:808:0:0:f7f7:f7f7", true],
      ["2001:0:a9fe:a9fe:0:0:f7f7:f7f7", false],
      // ISATAP, below a global prefix.
      ["2606:4700::5efe:a9fe:a9fe", false],
      ["2606:4700::200:5efe:a00:1", false],
      ["2606:4700::200:5efe:808:808", true],
    ] as const) {
      assert.equal(permits(address), is, address);
    }
  });

  it("the network's own translators are known by what ipv4only.arpa shows, and only forbid more", () => {
    const permits = addressRule([], nobody);
    const prefixes = translationPrefixes(["2606:4700:64::c000:aa", "fd00:64::c000:ab", "192.0.0.170"]);
    assert.equal(permits("2606:4700:64::a9fe:a9fe"), true, "not known to be a translator's");
    assert.equal(permits("2606:4700:64::a9fe:a9fe", prefixes), false);
    assert.equal(permits("2606:4700:64::808:808", prefixes), true);
    assert.equal(permits("2606:4700:65::a9fe:a9fe", prefixes), true);
    assert.equal(permits("fd00:64::808:808", prefixes), false, "a private prefix needs allowedCidrs");
    assert.equal(addressRule(["fd00:64::/96"], nobody)("fd00:64::808:808", prefixes), true);
    for (const length of [32, 40, 48, 56, 64] as const) {
      const found = translationPrefixes([
        {
          32: "2606:4700:c000:aa::",
          40: "2606:4700:aac0:0:aa::",
          48: "2606:4700:64:c000:0:aa00::",
          56: "2606:4700:64:aac0::aa:0:0",
          64: "2606:4700:64::c0:0:aa00:0",
        }[length],
      ]);
      assert.ok(
        found.some((prefix) => prefix.length === length),
        `${length}`,
      );
    }
  });

  it("a name that changes its mind is refused at the next connection", async (t) => {
    const world = await startWorld({ "api.example.com": upstream("api-example-com") });
    t.after(() => world.close());
    await world.internet.https(["api.example.com"], (_req, res) =>
      res.setHeader("connection", "close").end(),
    );
    const request = (): ReturnType<typeof ask> =>
      ask({ port: world.port, host: "api.example.com.egress.local" });
    assert.equal((await request()).status, 200);
    world.internet.names.set("api.example.com", ["127.0.0.1"]);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    assert.equal((await request()).status, 502);
    assert.equal(world.internet.connected.length, 1);
  });

  it("nothing opens the API server and this pod", () => {
    const opened = addressRule(EVERYTHING, among(["10.96.0.1", "fd01::5"]));
    assert.equal(opened("10.96.0.1"), false);
    assert.equal(opened("fd01::5"), false);
    assert.equal(opened("10.96.0.2"), true);
  });

  it("nothing opens the pods of this proxy, which change; while DNS is ill the last ones hold", async (t) => {
    t.mock.timers.enable({ apis: ["setInterval"] });
    let pods: string[] | Error = ["10.1.0.1", "fd00::a"];
    const network = {
      resolve: () =>
        pods instanceof Error ? Promise.reject(pods) : Promise.resolve({ addresses: pods, ttl: 5 }),
    };
    const own = createOwnAddresses(
      ["10.96.0.1"],
      "proxy-pods.egress.svc.cluster.local.",
      network,
      pino({ enabled: false }),
    );
    t.after(() => own.close());
    const opened = addressRule(EVERYTHING, own.isOwn);
    const refused = async (...addresses: string[]): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      for (const address of ["10.96.0.1", "10.1.0.1", "10.1.0.2", "fd00:0:0::a"]) {
        assert.equal(opened(address), !addresses.includes(address), address);
      }
    };
    await refused("10.96.0.1", "10.1.0.1", "fd00:0:0::a");
    pods = ["10.1.0.2"];
    t.mock.timers.tick(10_000);
    await refused("10.96.0.1", "10.1.0.2");
    pods = new Error("no answer");
    t.mock.timers.tick(10_000);
    await refused("10.96.0.1", "10.1.0.2");
  });

  it("what is no address is not permitted", () => {
    const opened = addressRule(EVERYTHING, nobody);
    for (const text of [
      "",
      "localhost",
      "fe80::1%eth0",
      "2606:4700::1%1",
      "0177.0.0.1",
      "2130706433",
      "8.8.8.8 ",
    ]) {
      assert.equal(opened(text), false, text);
    }
  });

  it("a name that resolves to private addresses only: 502, and nothing is connected", async (t) => {
    const world = await startWorld({ "api.example.com": upstream("api-example-com") });
    t.after(() => world.close());
    world.internet.names.set("api.example.com", ["10.0.0.1", "169.254.169.254", "::1"]);
    const answer = await ask({ port: world.port, host: "api.example.com.egress.local" });
    assert.equal(answer.status, 502);
    assert.match(String(answer.headers["proxy-status"]), /error=destination_ip_prohibited/);
    assert.match(answer.body.toString(), /allowedCidrs/);
    assert.equal(answer.body.includes("10.0.0.1"), false, "no address in the answer");
    assert.deepEqual(world.internet.connected, []);
  });

  it("only the checked address is connected; one that refuses is passed by", async (t) => {
    const world = await startWorld({ "api.example.com": upstream("api-example-com") });
    t.after(() => world.close());
    const good = await world.internet.https(["api.example.com"], (_req, res) => res.end("ok"));
    world.internet.names.set("api.example.com", ["192.168.0.1", "93.184.216.200", good]);
    const answer = await ask({ port: world.port, host: "api.example.com.egress.local" });
    assert.equal(answer.status, 200);
    assert.deepEqual(world.internet.connected, ["93.184.216.200:443", `${good}:443`]);
  });
});
