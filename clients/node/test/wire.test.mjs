// Each way to send a request, against a server in the place of the egress proxy: what arrives there, what the
// application sees, and what happens where nothing may be sent.
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { connections } from "./names.mjs";
import { loginFlow, startProxy } from "./proxy.mjs";
import { ways } from "./ways.mjs";
import { Egress, EgressAgent, EgressDispatcher } from "k8s-egress-client";

const env = (hosts = "") => ({ EGRESS_DOMAIN: "egress.local", EGRESS_HOSTS: hosts });

let proxy;
let release = [];

afterEach(async () => {
  for (const end of release) await end();
  release = [];
  await proxy?.close();
});

function clientFor(way, environment = env()) {
  const egress = new Egress(environment);
  const agent = new EgressAgent({ keepAlive: true }, egress);
  const dispatcher = new EgressDispatcher({ egress });
  release.push(
    () => agent.destroy(),
    () => dispatcher.destroy(),
  );
  return (url, options = {}) => way({ agent, dispatcher }, url, options);
}

for (const [name, { send, cookies, redirects, http, anyHost = true }] of Object.entries(ways)) {
  describe(name, () => {
    it("sends method, path, body and Host: FOO in the clear to FOO.egress.local alone", async () => {
      proxy = await startProxy(["api.stripe.com"]);
      const { status, json, url } = await clientFor(send)("https://api.stripe.com/v1/a?b=c", {
        method: "POST",
        body: "amount=1",
      });
      assert.equal(status, 200);
      assert.deepEqual(json, {
        method: "POST",
        url: "/v1/a?b=c",
        host: "api.stripe.com",
        text: "amount=1",
      });
      if (url !== undefined) assert.equal(url, "https://api.stripe.com/v1/a?b=c");
      assert.deepEqual(connections, ["api.stripe.com.egress.local:80"]);
    });

    it("keeps connections alive, and many requests apart", async () => {
      proxy = await startProxy(["api.stripe.com", "files.example.com"]);
      const client = clientFor(send);
      for (let i = 0; i < 10; i++) await client("https://api.stripe.com/first");
      // undici opens a second one where a response's end has not been seen yet.
      assert.ok(proxy.sockets.size <= 2, `${proxy.sockets.size} connections for 10 requests in turn`);
      const hosts = ["api.stripe.com", "files.example.com"];
      const found = await Promise.all(
        Array.from({ length: 20 }, (_, i) => client(`https://${hosts[i % 2]}/${i}`)),
      );
      found.forEach(({ json }, i) => {
        assert.equal(json.host, hosts[i % 2]);
        assert.equal(json.url, `/${i}`);
      });
    });

    it("says why a name does not resolve", async () => {
      proxy = await startProxy([]);
      await assert.rejects(clientFor(send)("https://api.stripe.com/"), (error) => {
        assert.match(
          reasons(error),
          /api\.stripe\.com\.egress\.local does not resolve.*EGRESS_DOMAIN is "egress\.local".*inside the cluster only/,
        );
        return true;
      });
      assert.equal(proxy.seen.length, 0);
    });

    if (anyHost)
      it("sends nothing where the application names another Host", async () => {
        proxy = await startProxy(["api.stripe.com", "evil.example"]);
        await assert.rejects(
          clientFor(send)("https://api.stripe.com/", { headers: { Host: "evil.example" } }),
          (error) => /"Host: evil\.example"/.test(reasons(error)),
        );
        assert.equal(proxy.seen.length, 0);
      });

    it("writes Host as the proxy compares it", async () => {
      proxy = await startProxy(["api.stripe.com"]);
      const client = clientFor(send);
      for (const Host of ["API.stripe.com", "api.stripe.com:443"]) {
        const { json } = await client("https://api.stripe.com/", { headers: { Host } });
        assert.equal(json.host, "api.stripe.com");
      }
    });

    it("goes out directly, over TLS, where EGRESS_DOMAIN is unset, the host is not listed or the port is another", async () => {
      proxy = await startProxy(["api.stripe.com"]);
      const direct = [
        [{}, "https://api.stripe.com/"],
        [env("other.example.com"), "https://api.stripe.com/"],
        [env(), "https://api.stripe.com:8443/"],
      ];
      for (const [environment, url] of direct) {
        connections.length = 0;
        await assert.rejects(clientFor(send, environment)(url), (error) =>
          /ENOTFOUND api\.stripe\.com$/m.test(reasons(error)),
        );
        assert.deepEqual(connections, [`tls api.stripe.com:${new URL(url).port || 443}`]);
      }
      assert.equal(proxy.seen.length, 0);
    });

    if (http)
      it("leaves http:// alone", async () => {
        proxy = await startProxy(["api.stripe.com"]);
        await assert.rejects(clientFor(send)("http://api.stripe.com/"), (error) =>
          /ENOTFOUND api\.stripe\.com$/m.test(reasons(error)),
        );
      });

    if (redirects)
      it("follows redirects to https://FOO, to a path and to another host", async () => {
        proxy = await startProxy(["api.stripe.com", "files.example.com"], loginFlow);
        const client = clientFor(send);
        for (const [path, url] of [
          ["/start", "https://api.stripe.com/end"],
          ["/relative", "https://api.stripe.com/end"],
          ["/away", "https://files.example.com/end"],
        ]) {
          const end = await client(`https://api.stripe.com${path}`);
          assert.equal(end.json.host, new URL(url).hostname);
          if (end.url !== undefined) assert.equal(end.url, url);
        }
        assert.ok(connections.every((to) => to.endsWith(".egress.local:80")));
      });

    if (cookies)
      it("keeps cookies as those of https://FOO", async () => {
        proxy = await startProxy(["api.stripe.com"], loginFlow);
        const end = await clientFor(send)("https://api.stripe.com/start", { cookies: true });
        assert.equal(end.json.cookie, "id=1");
      });
  });
}

/** The messages of an error and of its causes. */
function reasons(error) {
  return error === undefined ? "" : `${error.message}\n${reasons(error.cause)}`;
}
