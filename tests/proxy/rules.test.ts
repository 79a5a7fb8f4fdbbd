import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { compilePathPattern, isPathPattern } from "../../proxy-image/src/contract/policy/path-pattern";
import { identityReader } from "../../proxy-image/src/proxy/authorise/client-identity";
import { normalPath } from "../../proxy-image/src/proxy/authorise/normal-path";
import { ask } from "./support/client";
import { lines, sendRaw } from "./support/raw-client";
import { type World, clientField, startWorld, upstream } from "./support/world";

describe("clients", () => {
  const suffix = "serviceaccount.identity.linkerd.cluster.local";
  const read = (...identities: string[]): string | undefined =>
    identityReader(suffix)(identities.flatMap((identity) => ["L5d-Client-Id", identity]))?.key;

  it("are namespace and service account", () => {
    assert.equal(read(`web.shop.${suffix}`), "shop/web");
    assert.equal(read(`a.b.c.shop.${suffix}`), "shop/a.b.c", "an account's name may have dots");
  });

  for (const identity of [
    "",
    suffix,
    `.${suffix}`,
    `shop.${suffix}`,
    `.shop.${suffix}`,
    `web..${suffix}`,
    `web.shop.serviceaccount.identity.linkerd.other.domain`,
    `web.shop.${suffix}.evil`,
    `WEB.shop.${suffix}`,
    `web.sh op.${suffix}`,
    `*.shop.${suffix}`,
  ]) {
    it(`${JSON.stringify(identity)} is nobody`, () => assert.equal(read(identity), undefined));
  }

  it("two identities are nobody", () => {
    assert.equal(read(`web.shop.${suffix}`, `web.shop.${suffix}`), undefined);
  });
});

describe("path patterns", () => {
  const cases: [string, string[], string[]][] = [
    ["/v1/charges", ["/v1/charges"], ["/v1/charges/", "/v1/charge", "/V1/charges", "/v1/chargesx", "/"]],
    ["/v1/*", ["/v1/a", "/v1/a.b"], ["/v1", "/v1/", "/v1/a/b", "/v1/a/"]],
    ["/v1/*/refunds", ["/v1/a/refunds"], ["/v1//refunds", "/v1/a/b/refunds"]],
    ["/v1/**", ["/v1/a", "/v1/a/b", "/v1/a/"], ["/v1", "/v1/", "/v1x/a", "/v2/a"]],
    ["/**", ["/a", "/a/b"], ["/"]],
    ["/", ["/"], ["/a"]],
    ["/a.b+c", ["/a.b+c"], ["/aXb+c", "/a.bbc"]],
  ];
  for (const [pattern, right, wrong] of cases) {
    it(pattern, () => {
      assert.ok(isPathPattern(pattern));
      const matches = compilePathPattern(pattern);
      for (const path of right) assert.equal(matches(path), true, path);
      for (const path of wrong) assert.equal(matches(path), false, path);
    });
  }
  for (const pattern of [
    "",
    "v1",
    "/a/../b",
    "/./a",
    "//",
    "/a//b",
    "/a/**/b",
    "/a*",
    "/a;b",
    "/a%2fb",
    "/a?b",
    "/a\\b",
  ]) {
    it(`${JSON.stringify(pattern)} is none`, () => assert.equal(isPathPattern(pattern), false));
  }
});

describe("normal paths", () => {
  for (const path of [
    "/",
    "/a",
    "/a/",
    "/a.b/..c/d..",
    "/a%20b",
    "/caf%C3%A9",
    "/caf%c3%a9",
    "/a:b@c",
    "/100%25",
    "/a/.well-known/b",
    "/my%20file.txt",
    "/a%20..b",
    "/..%20b",
    "/files/my%20file.txt",
    "/..foo",
    "/foo..",
    "/a..b",
    "/.a./b",
    "/%20a/b%20",
    "/...a",
    "/a/%E2%80%A6",
    "/wait%E2%80%A6/b",
    "/.%E6%97%A5%E6%9C%AC",
    "/x/+/main",
    "/a+b/c",
    "/room/%23name:host",
    "/v1/:batch",
    "/files/what%3F",
    "/%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7",
    "/cafe%CC%81",
  ]) {
    it(`${path} is one`, () => assert.equal(normalPath(`${path}?q=/../x`), path));
  }
  // A gateway that decodes once more, or trims, sees a dot segment.
  for (const path of [
    "/a/..%20/b",
    "/a/%20../b",
    "/a/.%20./b",
    "/a/.%20/b",
    "/a/..%00/b",
    "/a/.%09./b",
    "/a/..%C2%A0/b",
    "/a/.%E2%80%8B./b",
    "/a/..%EF%BB%BF",
    "/a/%C2%AD../b",
    "/a/.../b",
    "/a/..%e3%80%80/b",
    "/a/%EF%BC%8E%EF%BC%8E/b",
  ]) {
    it(`${path} is none`, () => assert.equal(normalPath(path), undefined));
  }
});

describe("rules", () => {
  let world: World;
  let seen: string[] = [];

  before(async () => {
    world = await startWorld({
      "api.example.com": upstream("api-example-com", {
        allow: [
          {
            clients: [{ namespace: "shop", serviceAccount: "checkout" }],
            methods: ["POST"],
            paths: ["/v1/charges"],
          },
          { clients: [{ namespace: "reports" }], methods: ["GET"], paths: ["/v1/**"] },
        ],
      }),
      "open.example.com": upstream("open-example-com"),
      "read.example.com": upstream("read-example-com", { allow: [{ methods: ["GET", "HEAD"] }] }),
      "any.example.com": upstream("any-example-com"),
      "vault.example.com": upstream("vault-example-com", { allow: [{ methods: ["LIST"] }] }),
    });
    for (const host of ["api", "open", "read"]) {
      await world.internet.https([`${host}.example.com`], (req, res) => {
        seen.push(`${req.method} ${req.url}`);
        res.end();
      });
    }
  });
  after(() => world.close());

  const status = async (
    who: string | undefined,
    method: string,
    path: string,
    headers: Record<string, string> = {},
    host = "api",
  ): Promise<[number, string]> => {
    const answer = await ask({
      port: world.port,
      host: `${host}.example.com.egress.local`,
      method,
      path,
      headers: { ...headers, ...(who === undefined ? {} : clientField(who)) },
    });
    return [answer.status, /details="([^"]+)"/.exec(String(answer.headers["proxy-status"]))?.[1] ?? ""];
  };

  it("admit what one of them names", async () => {
    assert.deepEqual(await status("shop/checkout", "POST", "/v1/charges?x=1"), [200, ""]);
    assert.deepEqual(await status("reports/anything", "GET", "/v1/charges/1"), [200, ""]);
  });

  it("refuse everything else, with the reason", async () => {
    seen = [];
    assert.deepEqual(await status(undefined, "POST", "/v1/charges"), [403, "client-unknown"]);
    assert.deepEqual(await status("shop/web", "POST", "/v1/charges"), [403, "client-denied"]);
    assert.deepEqual(await status("checkout/shop", "POST", "/v1/charges"), [403, "client-denied"]);
    assert.deepEqual(await status("shop/checkout", "GET", "/v1/charges"), [403, "request-denied"]);
    assert.deepEqual(await status("shop/checkout", "POST", "/v1/charges/1"), [403, "request-denied"]);
    assert.deepEqual(await status("reports/a", "POST", "/v1/charges"), [403, "request-denied"]);
    assert.deepEqual(seen, []);
  });

  it("do not mix: a client of one rule has nothing of another's", async () => {
    assert.deepEqual(await status("shop/checkout", "GET", "/v1/anything"), [403, "request-denied"]);
  });

  it("an upstream without rules is for all clients and paths, as they are", async () => {
    seen = [];
    assert.deepEqual(await status(undefined, "DELETE", "/a//b/%2e%2e/c;d?x", {}, "open"), [200, ""]);
    assert.deepEqual(seen, ["DELETE /a//b/%2e%2e/c;d?x"]);
  });

  it("a rule without clients is for clients that nobody vouches for, too", async () => {
    assert.deepEqual(await status(undefined, "GET", "/", {}, "read"), [200, ""]);
    assert.deepEqual(await status(undefined, "POST", "/", {}, "read"), [403, "request-denied"]);
  });

  it("methods are tokens, and case-sensitive", async () => {
    // Node's client and server know some methods only: this third party and this client know all.
    const lines: string[] = [];
    await world.internet.tls(["vault.example.com", "any.example.com"], (socket) => {
      socket.on("data", (bytes: Buffer) => {
        lines.push(bytes.toString().split("\r\n")[0]!);
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      });
    });
    const ask = async (host: string, method: string): Promise<string> => {
      const { text } = await sendRaw(
        world.port,
        `${method} /a HTTP/1.1\r\nHost: ${host}.example.com.egress.local\r\nConnection: close\r\n\r\n`,
      );
      return `${text.slice(9, 12)} ${/details="([^"]+)"/.exec(text)?.[1] ?? ""}`;
    };
    assert.equal(await ask("vault", "LIST"), "200 ");
    for (const method of ["list", "LISTS", "LIS", "GET"])
      assert.equal(await ask("vault", method), "403 request-denied", method);
    for (const method of ["get", "Get", "GETX", "head"])
      assert.equal(await ask("read", method), "403 request-denied", method);
    for (const method of ["get", "x!#$%&'*+-.^_`|~9", "L".repeat(64)])
      assert.equal(await ask("any", method), "200 ", method);
    for (const method of ["TRACE", "CONNECT", "connect", "Trace", "PRI"])
      assert.equal(await ask("any", method), "405 method-rejected", method);
    for (const method of ["L".repeat(65), "L(ST", "L\tST", ""])
      assert.equal(await ask("any", method), "400 malformed-request", method);
    assert.deepEqual(lines, [
      "LIST /a HTTP/1.1",
      "get /a HTTP/1.1",
      "x!#$%&'*+-.^_`|~9 /a HTTP/1.1",
      `${"L".repeat(64)} /a HTTP/1.1`,
    ]);
  });

  it("where methods are restricted, no other may be named in a header field or the query", async () => {
    for (const name of [
      "X-HTTP-Method-Override",
      "x_http_method_override",
      "X-Http-Method",
      "X-Method-Override",
    ]) {
      assert.deepEqual(await status(undefined, "GET", "/", { [name]: "DELETE" }, "read"), [
        403,
        "override-denied",
      ]);
    }
    for (const query of [
      "_method=DELETE",
      "a=1&_method=x",
      "a=1;_method=x",
      "%5Fmethod=DELETE",
      "%255Fmethod=DELETE",
      "_METHOD=x",
      "_method[]=x",
      "_method[x%0a]=x",
      "_method%00x=DELETE",
      "_method",
      ".method=DELETE",
      "%2Emethod=DELETE",
      "[method=DELETE",
      "+_method=DELETE",
      "%20_method%20=DELETE",
      "%0a_method=DELETE",
      "_HttpMethod=PATCH",
      "$httpMethod=DELETE",
      "X-HTTP-Method-Override=DELETE",
      "x_http_method=DELETE",
    ]) {
      assert.deepEqual(
        await status(undefined, "GET", `/?${query}`, {}, "read"),
        [403, "override-denied"],
        query,
      );
    }
    for (const query of [
      "method=flickr.test",
      "payment_method=card",
      "a=_method",
      "%",
      "_methods=x",
      "a[_method]=x",
    ]) {
      assert.deepEqual(await status(undefined, "GET", `/?${query}`, {}, "read"), [200, ""], query);
    }
    assert.deepEqual(await status(undefined, "GET", "/", { "X-HTTP-Method-Override": "DELETE" }, "open"), [
      200,
      "",
    ]);
  });

  it("where paths are restricted, no other may be named in a header field", async () => {
    for (const name of ["X-Original-URL", "X-Rewrite-URL", "x_original_url", "X-Override-URL"]) {
      assert.deepEqual(await status("reports/a", "GET", "/v1/a", { [name]: "/admin" }), [
        403,
        "override-denied",
      ]);
    }
  });

  const bypasses = [
    "/v1/../admin",
    "/v1/./a",
    "/v1//a",
    "//v1/a",
    "/v1/a/..",
    "/v1/a/.",
    "/v1/%2e%2e/admin",
    "/v1/%2E%2e/admin",
    "/v1/.%2e/admin",
    "/v1/..%2fadmin",
    "/v1/%2fadmin",
    "/v1/%2Fadmin",
    "/v1/..;/admin",
    "/v1/a;x=1",
    "/v1/..\\admin",
    "/v1/%5cadmin",
    "/v1/%255cadmin",
    "/v1/%252e%252e/admin",
    "/v1/%25%32%65/a",
    "/v1/%c0%ae%c0%ae/admin",
    "/v1/%c0%af",
    "/v1/%e0%80%af",
    "/v1/%00",
    "/v1/a%00.json",
    "/v1/%0a",
    "/v1/%0d%0aX:1",
    "/v1/%7f",
    "/v1/%",
    "/v1/%2",
    "/v1/%zz",
    "/v1/%u002e",
    "/v1/%41dmin",
    "/v1/%61",
    "/v1/%ef%bc%8fadmin",
    "/v1/%ef%bc%8e%ef%bc%8e/a",
    "/v1/%e2%80%a4%e2%80%a4/a",
    "/v1/%3bx",
    "/v1/%2d",
    "/v1/%7e",
    ...[
      "..%20",
      "%20..",
      "..%20%20",
      ".%20.",
      ".%20",
      "%20.",
      "..%00",
      ".%09.",
      "..%0b",
      "..%1f",
      "...",
      "....",
      "...%20",
      "..+",
      "+..",
      ".+.",
      "..%3F",
      "..%3Fx",
      "..%23",
      "..%23x",
      "..:",
      "..::$INDEX_ALLOCATION",
      "..%C2%A0",
      "..%C2%85",
      ".%E2%80%8B.",
      "..%E2%80%8B",
      "%E2%80%8B..",
      "%EF%BB%BF..",
      "..%C2%AD",
      "..%E2%81%A0",
      "..%E3%80%80",
      "..%E2%80%A8",
      "..%EF%B8%8F",
      "..%F3%A0%80%A0",
      "..%E1%A0%8E",
      ".%CC%81.",
      "%EF%BC%8E%EF%BC%8E",
      "%EF%BC%8E.",
      "%E2%80%A5",
      "%EF%B9%92.",
      "..%2520",
      "..%252f",
      "%25u002e%25u002e",
      "%20",
      "%20%20",
      "%E2%80%8B",
      "%C2%A0",
    ].flatMap((segment) => [`/v1/a/${segment}/b`, `/v1/${segment}`, `/v1/${segment}?x=/y`]),
  ];
  for (const path of bypasses) {
    it(`${path} is refused where paths are restricted`, async () => {
      const identity = Object.entries(clientField("reports/a")).map(([name, value]) => `${name}: ${value}`);
      seen = [];
      const reply = await sendRaw(
        world.port,
        lines(`GET ${path} HTTP/1.1`, "Host: api.example.com.egress.local", "Connection: close", ...identity),
      );
      assert.match(reply.text, /^HTTP\/1\.1 403 [^]*details="(?:ambiguous-path|request-denied)"/);
      assert.deepEqual(seen, []);
    });
  }
});
