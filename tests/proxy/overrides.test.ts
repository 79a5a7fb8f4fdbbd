import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { decodeFully } from "../../proxy-image/src/proxy/authorise/decode-fully";
import { overridesMethod, overridesPath } from "../../proxy-image/src/proxy/authorise/overrides";
import { requestTrailers } from "../../proxy-image/src/proxy/message/fields/trailers";
import { lines, sendRaw } from "./support/raw-client";
import { type World, startWorld, upstream } from "./support/world";

/** Targets of POST requests that some framework takes for another method. */
const METHOD_TARGETS = [
  "/a?_method=DELETE",
  "/a?x=1&_method=DELETE",
  "/a?_METHOD=delete",
  "/a?_method",
  "/a?_method=POST&_method=DELETE",
  // PHP: names with `_` for a blank, a dot and a bracket, cut at NUL.
  "/a?.method=DELETE",
  "/a?+method=DELETE",
  "/a?%20method=DELETE",
  "/a?[method=DELETE",
  "/a?+_method=DELETE",
  "/a?_method%00x=DELETE",
  "/a?x%00_method=DELETE",
  "/a?_method%09=DELETE",
  "/a?_method%0a=DELETE",
  // Arrays and members.
  "/a?_method[]=DELETE",
  "/a?_method[x%0a]=DELETE",
  "/a?_method%5B0%5D=DELETE",
  "/a?_method[=DELETE",
  "/a?[_method]=DELETE",
  "/a?_method.x=1",
  "/a?_method:int=DELETE",
  // Escapes: once, twice, thrice, of IIS, of half an escape, broken ones that classic ASP drops.
  "/a?%5fmethod=DELETE",
  "/a?%5Fm%65thod=DELETE",
  "/a?%2Emethod=DELETE",
  "/a?%255fmethod=DELETE",
  "/a?%25255fmethod=DELETE",
  "/a?%%35fmethod=DELETE",
  "/a?%u005fmethod=DELETE",
  "/a?%25u005fmethod=DELETE",
  "/a?_m%ethod=DELETE",
  "/a?_method%=DELETE",
  "/a?_method%3DDELETE",
  "/a?x=1%26_method=DELETE",
  // Unicode: full-width letters, a full-width low line, NBSP, zero-width space, bytes that are not UTF-8.
  "/a?%EF%BC%BFmethod=DELETE",
  "/a?_%EF%BD%8Dethod=DELETE",
  "/a?%uff3fmethod=DELETE",
  "/a?%C2%A0_method=DELETE",
  "/a?_method%E2%80%8B=DELETE",
  "/a?%ff_method=DELETE",
  // Separators of other readers.
  "/a?x=1;_method=DELETE",
  "/a?x=1?_method=DELETE",
  "/a;_method=DELETE",
  "/a;x=1;_method=DELETE/b",
  "/a%3b_method=DELETE",
  "/a%3f_method=DELETE",
  // Other names.
  "/a?_HttpMethod=DELETE",
  "/a?$method=DELETE",
  "/a?$httpMethod=DELETE",
  "/a?__method=DELETE",
  "/a?_method_override=DELETE",
  "/a?x-tunneled-method=DELETE",
  "/a?X-HTTP-Method-Override=DELETE",
  "/a?x_http_method=DELETE",
  "/a?xx-http-method-override=DELETE",
  "/a?x=x-http-method-override=DELETE",
  "/a?method=DELETE",
  "/a?method=delete",
  "/a?method=%44ELETE",
  "/a?method=+PUT",
];

const ORDINARY_TARGETS = [
  "/a",
  "/_method",
  "/a/_method/b",
  "/a%20_method",
  "/a?",
  "/a?=",
  "/a?method=card",
  "/a?method=flickr.photos.search",
  "/a?method=POST",
  "/a?method=list",
  "/a?payment_method=card&shipping-method=express",
  "/a?paymentMethod=DELETE",
  "/a?http_method=DELETE",
  "/a?filter[method]=DELETE",
  "/a?_methods=x&method_id=1",
  "/a?q=_method",
  "/a?q=X-HTTP-Method-Override",
  "/a?q=a%20method%20of",
  "/a?%E2%98%83=1&x=%F0%9F%98%80",
  "/a?_=1&$filter=x&$top=2",
];

const METHOD_FIELDS = [
  "X-HTTP-Method-Override",
  "x-http-method-override",
  "X_HTTP_METHOD_OVERRIDE",
  "x-http_method-override",
  "X.HTTP.Method.Override",
  "X-HTTP-Method",
  "X-Method-Override",
  "X-METHOD-OVERRIDE",
  "X-Method",
  "X-Override-Method",
  "HTTP-Method-Override",
  "Method-Override",
  "X-Tunneled-Method",
  "X-Original-Method",
  "X-HTTP-Verb-Override",
];

const PATH_FIELDS = [
  "X-Original-URL",
  "X_Original_URL",
  "X.Original.URL",
  "X-Rewrite-URL",
  "X-Rewrite-Path",
  "X-Override-URL",
  "X-WAWS-Unencoded-URL",
  "X-MS-Original-URL",
  "X-Envoy-Original-Path",
  "X-Replaced-Path",
  "X-Script-Name",
  "Script-Name",
  "Path-Info",
  "Request-URI",
  "X-HTTP-DestinationURL",
  "Destination",
];

describe("overrides of the method", () => {
  for (const target of METHOD_TARGETS)
    it(`${target} is one`, () => assert.equal(overridesMethod([], "POST", target), true));
  for (const target of ORDINARY_TARGETS)
    it(`${target} is none`, () => assert.equal(overridesMethod([], "POST", target), false));
  for (const name of METHOD_FIELDS)
    it(`${name} is one`, () =>
      assert.equal(overridesMethod(["Accept", "*/*", name, "x"], "POST", "/"), true));
  for (const name of [
    "Access-Control-Request-Method",
    "X-Payment-Method",
    "X-Methods",
    "Method",
    "X-Original-URL",
  ])
    it(`${name} is none`, () => assert.equal(overridesMethod([name, "DELETE"], "POST", "/"), false));
});

describe("overrides of the path", () => {
  for (const name of PATH_FIELDS)
    it(`${name} is one`, () => assert.equal(overridesPath([name, "/admin"], "/"), true));
  for (const name of ["Referer", "Origin", "X-Path-Style", "X-HTTP-Method-Override"])
    it(`${name} is none`, () => assert.equal(overridesPath([name, "/admin"], "/"), false));
  for (const query of [
    "manage_delObjects:method=x",
    ":method=manage_delObjects",
    "x:default_method=y",
    "x%3Amethod",
    "action:delete=1",
    "redirectAction:admin",
    "x:action:utf8=1",
  ])
    it(`?${query} is one`, () => assert.equal(overridesPath([], `/a?${query}`), true));
  for (const query of ["action=delete", "q=a:method", "at=12:30", "ids:list=1"])
    it(`?${query} is none`, () => assert.equal(overridesPath([], `/a?${query}`), false));
});

describe("escapes are decoded to the end", () => {
  const cases: [string, string][] = [
    ["a%20b", "a b"],
    ["%2525252525", "%"],
    ["%%325", "%"],
    ["%u0041%U0042", "AB"],
    ["%zz%4", "%zz%4"],
    ["%25%34%31", "A"],
  ];
  for (const [text, decoded] of cases) it(text, () => assert.equal(decodeFully(text), decoded));
});

it("trailers that override never go out: some servers join them to the header fields", () => {
  const raw = [...METHOD_FIELDS, ...PATH_FIELDS, "X-Checksum"].flatMap((name) => [name, "x"]);
  assert.deepEqual(requestTrailers(raw), [["X-Checksum", "x"]]);
});

describe("a rule that names methods or paths", () => {
  let world: World;
  before(async () => {
    world = await startWorld({
      "methods.example.com": upstream("methods-example-com", { allow: [{ methods: ["POST"] }] }),
      "paths.example.com": upstream("paths-example-com", { allow: [{ paths: ["/a", "/a/**"] }] }),
    });
    await world.internet.https(["methods.example.com", "paths.example.com"], (_req, res) => res.end());
  });
  after(() => world.close());

  const post = async (host: string, target: string, ...fields: string[]): Promise<string> => {
    const { text } = await sendRaw(
      world.port,
      lines(
        `POST ${target} HTTP/1.1`,
        `Host: ${host}.example.com.egress.local`,
        "Connection: close",
        "Content-Length: 0",
        ...fields,
      ),
    );
    return `${text.slice(9, 12)} ${/details="([^"]+)"/.exec(text)?.[1] ?? ""}`;
  };

  it("refuses what says that another is meant", async () => {
    for (const target of METHOD_TARGETS)
      assert.equal(await post("methods", target), "403 override-denied", target);
    for (const name of METHOD_FIELDS)
      assert.equal(await post("methods", "/a", `${name}: DELETE`), "403 override-denied", name);
    for (const name of PATH_FIELDS)
      assert.equal(await post("paths", "/a", `${name}: /admin`), "403 override-denied", name);
    assert.equal(await post("paths", "/a?x:method=y"), "403 override-denied");
  });

  it("forwards everything else", async () => {
    for (const target of ORDINARY_TARGETS) assert.equal(await post("methods", target), "200 ", target);
    assert.equal(await post("paths", "/a?_method=DELETE", "X-HTTP-Method: DELETE"), "200 ");
  });
});
