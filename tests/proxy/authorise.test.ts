import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { AmbiguousNameError, createRoutes } from "../../proxy-image/src/proxy/route/routes";
import { ask } from "./support/client";
import { type World, policyOf, startWorld, upstream } from "./support/world";

describe("authorise: the Host header, made canonical, names one entry of the policy", () => {
  const routes = createRoutes(
    policyOf({
      "api.example.com": upstream("api-example-com"),
      "*.example.com": upstream("wildcard---example-com"),
      "*.deep.example.com": upstream("wildcard---deep-example-com"),
    }),
  );
  const entry = (header: string): string | undefined => {
    const found = routes.find(header);
    return found === undefined || found === "malformed" ? found : `${found.route.entry} ${found.host}`;
  };

  const cases: [string, string | undefined][] = [
    ["api.example.com.egress.local", "api.example.com api.example.com"],
    ["API.Example.COM.egress.LOCAL", "api.example.com api.example.com"],
    ["api.example.com.egress.local.", "api.example.com api.example.com"],
    ["api.example.com.egress.local:80", "api.example.com api.example.com"],
    ["api.example.com.egress.local.:8080", "api.example.com api.example.com"],
    ["api-example-com", "api.example.com api.example.com"],
    ["api-example-com.egress", "api.example.com api.example.com"],
    ["api-example-com.egress.svc", "api.example.com api.example.com"],
    ["api-example-com.egress.svc.cluster.local:80", "api.example.com api.example.com"],
    ["a.example.com.egress.local", "*.example.com a.example.com"],
    ["a.b.example.com.egress.local", "*.example.com a.b.example.com"],
    ["a.deep.example.com.egress.local", "*.deep.example.com a.deep.example.com"],
    ["a.b.deep.example.com.egress.local", "*.deep.example.com a.b.deep.example.com"],
    ["deep.example.com.egress.local", "*.example.com deep.example.com"],
    ["example.com.egress.local", undefined],
    ["api.example.com", "api.example.com api.example.com"],
    ["API.example.com.:8080", "api.example.com api.example.com"],
    ["a.deep.example.com", "*.deep.example.com a.deep.example.com"],
    ["example.com", undefined],
    ["com", undefined],
    ["notexample.com.egress.local", undefined],
    ["api.example.com.egress.local.egress.local", undefined],
    ["egress.local", undefined],
    ["wildcard---example-com", undefined],
    ["wildcard---example-com.egress.svc", undefined],
    ["api-example-com.default", undefined],
    ["__proto__", undefined],
    ["constructor", undefined],
    ["*.example.com.egress.local", "malformed"],
    [".example.com.egress.local", "malformed"],
    ["a..example.com.egress.local", "malformed"],
    ["-a.example.com.egress.local", "malformed"],
    [`${"a".repeat(64)}.example.com.egress.local`, "malformed"],
    ["api.example.com.egress.local ", "malformed"],
    ["api.example.com\u3002egress.local", "malformed"],
    ["\u212Aapi.example.com.egress.local", "malformed"],
  ];
  for (const [header, expected] of cases) {
    it(`${JSON.stringify(header)} → ${expected ?? "not listed"}`, () =>
      assert.equal(entry(header), expected));
  }

  it("two upstreams that would answer to one name are refused", () => {
    const policy = policyOf({ "api.egress": upstream("api-egress"), "other.com": upstream("api") });
    assert.throws(() => createRoutes({ ...policy, domain: "svc.cluster.local" }), AmbiguousNameError);
  });

  describe("through sockets", () => {
    let world: World;
    const hosts: (string | undefined)[] = [];

    before(async () => {
      world = await startWorld({
        "api.example.com": upstream("api-example-com"),
        "*.example.org": upstream("wildcard---example-org"),
        "alt.example.com": upstream("alt-example-com", { port: 8443 }),
      });
      const handle = (req: { headers: { host?: string } }, res: { end(text: string): void }): void => {
        hosts.push(req.headers.host);
        res.end("ok");
      };
      await world.internet.https(["api.example.com"], handle);
      await world.internet.https(["x.y.example.org"], handle);
      await world.internet.https(["alt.example.com"], handle);
    });
    after(() => world.close());

    it("the third party sees its own name, whatever the client wrote", async () => {
      await ask({ port: world.port, host: "API-example-com.egress.SVC:8080" });
      await ask({ port: world.port, host: "X.Y.example.org.egress.local." });
      await ask({ port: world.port, host: "alt.example.com.egress.local" });
      assert.deepEqual(hosts, ["api.example.com", "x.y.example.org", "alt.example.com:8443"]);
      assert.equal(world.internet.connected.at(-1)?.endsWith(":8443"), true);
    });

    it("names are resolved as absolute", () => {
      assert.deepEqual(world.internet.resolved, ["api.example.com.", "x.y.example.org.", "alt.example.com."]);
    });

    it("403 with a problem for what is not listed; nothing is resolved", async () => {
      const before = world.internet.resolved.length;
      const answer = await ask({
        port: world.port,
        host: "evil.example.net.egress.local",
        path: "/x?key=secret",
      });
      assert.equal(answer.status, 403);
      assert.equal(answer.headers["content-type"], "application/problem+json; charset=utf-8");
      assert.equal(
        answer.headers["proxy-status"],
        'k8s-egress; error=http_request_denied; details="not-listed"',
      );
      const problem = JSON.parse(answer.body.toString()) as Record<string, unknown>;
      assert.equal(problem.status, 403);
      assert.match(String(problem.type), /#not-listed$/);
      assert.match(String(problem.detail), /`upstreams`/);
      assert.equal(world.internet.resolved.length, before);
      assert.equal(JSON.stringify(world.log).includes("secret"), false);
      assert.equal(world.log.at(-1)?.host, "evil.example.net.egress.local");
    });
  });
});
