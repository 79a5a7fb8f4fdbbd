import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pino } from "pino";
import { addressRule, among } from "../../proxy-image/src/proxy/upstream/addresses";
import { createOwnAddresses } from "../../proxy-image/src/proxy/upstream/own-addresses";
import { ask } from "./support/client";
import { startWorld, upstream } from "./support/world";

const nobody = (): boolean => false;
const EVERYTHING = ["0.0.0.0/0", "::/0"];

/** Which addresses are permitted: `tests/cases/addresses`; what DNS says from time to time: `tests/cases/dns`. */
describe("addresses", () => {
  it("a translator's range opens what is public behind it, and no more", () => {
    const permits = addressRule(["64:ff9b::/96", "2002::/16"], among(["8.8.4.4"]));
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
    assert.equal(addressRule(["64:ff9b::/96", "10.0.0.0/8"], nobody)("64:ff9b::10.0.0.1"), true);
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

  it("a name that resolves to private addresses only: 502, and nothing is dialled", async (t) => {
    const world = await startWorld({ "api.example.com": upstream("api-example-com") });
    t.after(() => world.close());
    world.internet.names.set("api.example.com", ["10.0.0.1", "169.254.169.254", "::1"]);
    const answer = await ask({ port: world.port, host: "api.example.com.egress.local" });
    assert.equal(answer.status, 502);
    assert.match(String(answer.headers["proxy-status"]), /error=destination_ip_prohibited/);
    assert.match(answer.body.toString(), /allowedCidrs/);
    assert.equal(answer.body.includes("10.0.0.1"), false, "no address in the answer");
    assert.deepEqual(world.internet.dialled, []);
  });
});
