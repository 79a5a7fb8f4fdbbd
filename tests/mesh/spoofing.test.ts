import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ask } from "../proxy/support/client";
import { lines } from "../proxy/support/raw-client";
import { type World, authority, startWorld, upstream } from "../proxy/support/world";
import { connectMeshed, connectUnmeshed, exchange, identityOf } from "./clients";
import {
  DENY_BY_DEFAULT,
  EVERYONE,
  type InboundPolicy,
  MESHED_ONLY,
  OPEN_BY_DEFAULT,
  type Sidecar,
  startSidecar,
} from "./stand-in-sidecar";

const CHECKOUT = identityOf("shop/checkout");
const FORGED = `l5d-client-id: ${CHECKOUT}`;

/** Ways of saying that one is somebody else. */
const SPOOFS: Record<string, string[]> = {
  "one header": [FORGED],
  "another case": [`L5D-Client-ID: ${CHECKOUT}`],
  "two headers": [FORGED, FORGED],
  "the underscore form": [`l5d_client_id: ${CHECKOUT}`],
  "one that Connection names": ["Connection: close, l5d-client-id", FORGED],
  "a list": [`l5d-client-id: ${CHECKOUT}, ${CHECKOUT}`],
  "all at once": [FORGED, `l5d_client_id: ${CHECKOUT}`, `L5D-CLIENT-ID: ${CHECKOUT}`],
};

describe("clients are who the mesh says, whatever they say themselves", () => {
  const own = authority.issue(["proxy.egress.serviceaccount.identity.linkerd.cluster.local"]);
  let world: World;
  let sidecar: Sidecar | undefined;
  /** Header sections that the third parties got. */
  const received: string[] = [];

  const start = async (mode: "required" | "optional"): Promise<void> => {
    world = await startWorld(
      {
        "keyed.example.com": upstream("keyed-example-com", {
          allow: [{ clients: [{ namespace: "shop", serviceAccount: "checkout" }] }],
        }),
        "open.example.com": upstream("open-example-com"),
      },
      { mesh: mode },
    );
    for (const host of ["keyed.example.com", "open.example.com"]) {
      await world.internet.https([host], (req, res) => {
        received.push(req.rawHeaders.join("\n").toLowerCase());
        res.end("reached");
      });
    }
  };
  const inject = async (policy: InboundPolicy): Promise<void> => {
    sidecar?.close();
    sidecar = await startSidecar(world.port, policy, own, authority.ca);
  };
  const stop = async (): Promise<void> => {
    sidecar?.close();
    await world.close();
  };

  const request = (host: "keyed" | "open", headers: string[]): string =>
    lines("GET / HTTP/1.1", `Host: ${host}.example.com.egress.local`, ...closing(headers));
  /** Status and failure of an answer; the status is 0 where there was none. */
  const outcome = (answer: string): string =>
    [
      /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? "0",
      /details="([^"]+)"/.exec(answer)?.[1] ?? /(l5d-proxy-error)/.exec(answer)?.[1] ?? "",
    ]
      .join(" ")
      .trim();
  const meshed = async (account: string, ...pieces: string[]): Promise<string> =>
    outcome(await exchange(await connectMeshed(sidecar!.port, account), ...pieces));
  const unmeshed = async (...pieces: string[]): Promise<string> =>
    outcome(await exchange(await connectUnmeshed(sidecar!.port), ...pieces));
  const past = async (...pieces: string[]): Promise<string> =>
    outcome(await exchange(await connectUnmeshed(world.port), ...pieces));
  /** In two pieces, the first of which ends inside the request line. */
  const paused = (text: string): [string, string] => [text.slice(0, 2), text.slice(2)];
  const lastClient = (): unknown => world.log.at(-1)?.client;

  describe('mesh "required", with the Server that the component creates', () => {
    before(async () => {
      await start("required");
      await inject(MESHED_ONLY);
    });
    after(stop);

    it("the client that is named gets through, and the third party sees nothing of it", async () => {
      assert.equal(await meshed("shop/checkout", request("keyed", [])), "200");
      assert.equal(lastClient(), "shop/checkout");
      assert.doesNotMatch(received.at(-1)!, /l5d|checkout/);
    });

    for (const [what, headers] of Object.entries(SPOOFS)) {
      it(`${what} makes a meshed client nobody else`, async () => {
        const before = received.length;
        assert.doesNotMatch(await meshed("shop/web", request("keyed", headers)), /^200/);
        assert.doesNotMatch(await meshed("shop/web", ...paused(request("keyed", headers))), /^200/);
        assert.equal(received.length, before);
        assert.equal(await meshed("shop/web", request("open", headers)), "200");
        assert.equal(lastClient(), "shop/web");
        assert.doesNotMatch(received.at(-1)!, /l5d/);
      });

      it(`${what} lets no client in that has no sidecar`, async () => {
        const before = world.log.length;
        for (const host of ["keyed", "open"] as const) {
          assert.match(await unmeshed(request(host, headers)), /^403 l5d-proxy-error$/);
          assert.match(await unmeshed(...paused(request(host, headers))), /^403 l5d-proxy-error$/);
        }
        assert.equal(world.log.length, before, "the proxy has seen none of it");
      });

      it(`${what} lets nobody in who goes around the proxy's own sidecar`, async () => {
        const before = received.length;
        for (const host of ["keyed", "open"] as const) {
          assert.match(await past(request(host, headers)), /^403 sidecar-bypassed$/);
        }
        assert.equal(received.length, before);
      });
    }
  });

  describe("without the Server", () => {
    before(() => start("required"));
    after(stop);

    it("nobody gets in, because the pod's default is to deny", async () => {
      await inject(DENY_BY_DEFAULT);
      const forged = request("open", [FORGED]);
      for (const send of [unmeshed, (...pieces: string[]) => meshed("shop/web", ...pieces)]) {
        assert.equal(await send(forged), "403 l5d-proxy-error");
        assert.equal(await send(...paused(forged)), "0");
      }
      assert.deepEqual(world.log, []);
    });

    it("and with an open default a pause inside the request line would forge: hence both", async () => {
      await inject(OPEN_BY_DEFAULT);
      assert.equal(await unmeshed(request("keyed", [FORGED])), "403 client-unknown");
      assert.equal(await meshed("shop/web", request("keyed", [FORGED])), "403 client-denied");
      assert.equal(await unmeshed(...paused(request("keyed", [FORGED]))), "200");
      assert.equal(lastClient(), "shop/checkout");
    });
  });

  describe('mesh "optional", with the Server that the component creates', () => {
    before(async () => {
      await start("optional");
      await inject(EVERYONE);
    });
    after(stop);

    it("meshed clients are known", async () => {
      assert.equal(await meshed("shop/checkout", request("keyed", [])), "200");
      assert.equal(lastClient(), "shop/checkout");
    });

    for (const [what, headers] of Object.entries(SPOOFS)) {
      it(`${what} makes an unmeshed client nobody: admitted, but not where rules name clients`, async () => {
        for (const send of [
          (text: string) => unmeshed(text),
          (text: string) => unmeshed(...paused(text)),
          (text: string) => past(text),
        ]) {
          assert.equal(await send(request("open", headers)), "200");
          assert.equal(lastClient(), undefined);
          assert.equal(await send(request("keyed", headers)), "403 client-unknown");
        }
      });
    }

    it("unmeshed clients are counted", async () => {
      const { body } = await ask({ port: world.adminPort, host: "admin", path: "/metrics" });
      const counted = (client: string): number =>
        Number(
          new RegExp(
            `^egress_requests_total\\{upstream="open\\.example\\.com",client="${client}",status="2xx"\\} (\\d+)$`,
            "m",
          ).exec(body.toString())?.[1] ?? 0,
        );
      const before = counted("none");
      assert.ok(before > 0);
      await unmeshed(request("open", []));
      await meshed("shop/web", request("open", []));
      const after = await ask({ port: world.adminPort, host: "admin", path: "/metrics" });
      assert.match(after.body.toString(), new RegExp(`client="none",status="2xx"\\} ${before + 1}$`, "m"));
      assert.match(after.body.toString(), /client="shop\/web",status="2xx"\} 1$/m);
    });
  });
});

/** One request per connection, unless the headers speak of Connection themselves. */
function closing(headers: string[]): string[] {
  return headers.some((header) => header.startsWith("Connection:"))
    ? headers
    : ["Connection: close", ...headers];
}
