import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { createDnsResolver } from "../../../proxy-image/src/proxy/upstream/names/resolver";
import { Internet } from "../../proxy/support/world";
import { type Kind, kind } from "./case-file";
import { Client } from "./client";
import { addressesOf, startDnsServer, zone } from "./dns-server";
import { checkResponse } from "./expectation";
import { type Shape, list, mapOf, mapping, number, object, oneOf, optional, text } from "./shape";
import { startSilentPort } from "./silent-port";
import { NAME, startStage } from "./stage";
import { createThirdParty, send } from "./third-party";

const format = object({
  why: text,
  upstream: optional(mapping),
  addresses: optional(mapOf(oneOf("serves", "refuses", "silent"))),
  steps: list(
    object({
      after: optional(number),
      dns: optional(zone),
      expect: object({
        status: number,
        failure: optional(text),
        from: optional(text),
        tries: optional(list(text)),
        within: optional(number),
      }),
    }),
  ),
});
type Case = typeof format extends Shape<infer T> ? T : never;

/** Nobody listens there. */
const REFUSING = 1;

/** Names by a real resolver; addresses lead to loopback. */
class ResolvedInternet extends Internet {
  private readonly ask: ReturnType<typeof createDnsResolver>;

  constructor(server: string) {
    super();
    this.ask = createDnsResolver([server]);
  }

  override async resolve(name: string): Promise<{ addresses: string[]; ttl: number }> {
    const { addresses, ttl } = await this.ask(name);
    return { addresses: [...addresses], ttl };
  }
}

/** What DNS says from step to step, how the addresses are, and which of them serves each request. */
export const dns: Kind = {
  ...kind(format, (one) => [{ run: (t) => run(t, one) }]),
  // Most of their time they wait for a TTL to end.
  atATime: 8,
};

async function run(t: TestContext, one: Case): Promise<void> {
  const server = await startDnsServer("NXDOMAIN");
  t.after(() => server.close());
  const internet = new ResolvedInternet(server.address);
  const world = await startStage(t, one.upstream, { internet });
  const all = new Set(one.steps.flatMap(({ dns: of }) => (of === undefined ? [] : addressesOf(of))));
  for (const address of all) {
    internet.machines.set(address, await startMachine(t, address, one.addresses?.[address]));
  }
  for (const [index, { after, dns: of, expect }] of one.steps.entries()) {
    if (after !== undefined) await new Promise((resolve) => setTimeout(resolve, after * 1_000));
    if (of !== undefined) server.zone = of;
    internet.connected.length = 0;
    const client = new Client(world.port);
    t.after(() => client.close());
    const began = performance.now();
    const response = await client.request(`GET / HTTP/1.1\r\nHost: ${NAME}\r\nConnection: close\r\n\r\n`);
    const seconds = (performance.now() - began) / 1_000;
    const { status, failure, from: body, tries, within = Infinity } = expect;
    try {
      checkResponse(response, { status, failure, body, detail: undefined, received: undefined });
      if (tries)
        assert.deepEqual(
          internet.connected,
          tries.map((address) => `${address}:443`),
        );
      assert.ok(seconds < within, `it took ${seconds} s`);
    } catch (error) {
      throw new Error(`steps[${index}]: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** @returns the port of loopback that stands for an address; what serves says its own address */
async function startMachine(
  t: TestContext,
  address: string,
  behaviour: "serves" | "refuses" | "silent" = "serves",
): Promise<number> {
  if (behaviour === "refuses") return REFUSING;
  if (behaviour === "silent") {
    const silent = await startSilentPort();
    t.after(() => silent.close());
    return silent.port;
  }
  const text = `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${address.length}\r\n\r\n${address}`;
  const { server } = createThirdParty((connection) => send(connection, text, "close-notify", "whole"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}
