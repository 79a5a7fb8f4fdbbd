import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ask } from "../proxy/support/client";
import { type World, clientField, startWorld, upstream } from "../proxy/support/world";

describe("a refused client is told", () => {
  let world: World;

  before(async () => {
    world = await startWorld(
      {
        "api.example.com": upstream("api-example-com", {
          allow: [
            {
              clients: [{ namespace: "shop", serviceAccount: "checkout" }],
              methods: ["POST"],
              paths: ["/v1/charges", "/v1/refunds"],
            },
            { clients: [{ namespace: "shop" }], methods: ["GET", "HEAD"] },
            { clients: [{ namespace: "secret-team" }], paths: ["/v1/secret-project/**"] },
          ],
        }),
        "many.example.com": upstream("many-example-com", {
          allow: Array.from({ length: 1_000 }, (_, i) => ({
            clients: [{ namespace: "shop" }],
            paths: [`/v1/${i}`],
          })),
        }),
        "long.example.com": upstream("long-example-com", { allow: [{ paths: [`/${"a".repeat(900)}`] }] }),
        "other-team.example.com": upstream("other-team-example-com"),
      },
      { mesh: "required" },
    );
  });
  after(() => world.close());

  const refused = async (
    headers: Record<string, string>,
    { host = "api", method = "DELETE" } = {},
  ): Promise<[name: string, detail: string, body: string]> => {
    const answer = await ask({
      port: world.port,
      host: `${host}.example.com.egress.local`,
      method,
      path: "/v2",
      headers,
    });
    assert.equal(answer.status, 403);
    const problem = JSON.parse(answer.body.toString()) as { type: string; detail: string };
    return [problem.type.split("#")[1]!, problem.detail, answer.body.toString()];
  };

  it("who it is, where it may call nothing, and nothing of those who may", async () => {
    const [name, detail, body] = await refused(clientField("reports/daily"));
    assert.equal(name, "client-denied");
    assert.match(detail, /^The mesh says that this is reports\/daily\. Add it to the `clients`/);
    assert.doesNotMatch(body, /shop|checkout|secret|charges/);
  });

  it("what it may ask for, and nothing of others' rules and upstreams", async () => {
    const [name, detail, body] = await refused(clientField("shop/checkout"));
    assert.equal(name, "request-denied");
    assert.match(
      detail,
      /^shop\/checkout may ask for POST \/v1\/charges, \/v1\/refunds; GET, HEAD on any path\. /,
    );
    assert.doesNotMatch(body, /secret|other-team/);
    const [, web] = await refused(clientField("shop/web"));
    assert.match(web, /^shop\/web may ask for GET, HEAD on any path\. /);
  });

  it("as much as fits", async () => {
    for (const host of ["many", "long"]) {
      const [, detail] = await refused(clientField("shop/web"), { host });
      assert.match(detail, / and more\. Add the method/);
      assert.ok(detail.length < 700, String(detail.length));
    }
  });

  it("that the mesh names nobody, before anything of the policy", async () => {
    for (const host of ["api", "other-team", "not-listed"]) {
      const [name, detail] = await refused({}, { host });
      assert.equal(name, "client-unknown");
      assert.equal(
        detail,
        "Run the calling pod with Linkerd's sidecar (linkerd.io/inject: enabled). " +
          `Asked for: DELETE ${host}.example.com.egress.local/v2`,
      );
    }
  });

  it("that its identity is of another trust domain, as with a wrong mesh.trustDomain", async () => {
    const foreign = "web.shop.serviceaccount.identity.linkerd.other.domain";
    const [name, detail] = await refused({ "l5d-client-id": foreign });
    assert.equal(name, "client-unknown");
    assert.match(detail, /^"web\.shop\..*\.other\.domain" is no service account of .*`mesh\.trustDomain`/);
    assert.match(String(world.log.at(-1)?.reason), /other\.domain/);
    const [, long] = await refused({ "l5d-client-id": "x".repeat(10_000) });
    assert.ok(long.length < 600);
  });
});
