import assert from "node:assert/strict";
import type http from "node:http";
import { after, before, describe, it } from "node:test";
import { rewriteChallenges } from "../../proxy-image/src/proxy/forward/challenge";
import { cookieInCluster } from "../../proxy-image/src/proxy/forward/cookies";
import { type Answer, ask } from "./support/client";
import { type World, startWorld, upstream } from "./support/world";

const HOST = "api.example.com";
const NAME = `${HOST}.egress.local`;
const CDN = "cdn.example.net";

describe("references", () => {
  let world: World;
  let handle: http.RequestListener = () => undefined;
  before(async () => {
    world = await startWorld({
      [HOST]: upstream("api-example-com", {
        linksTo: [CDN, "*.s.example.net"],
        linkHeaders: ["x-upload-url"],
      }),
      [CDN]: upstream("cdn-example-net"),
      "other.example.net": upstream("other-example-net"),
      "*.s.example.net": upstream("wildcard---s-example-net"),
      "alias.example.com": upstream("alias-example-com", { hostHeader: "tenant.example.org" }),
      "port.example.com": upstream("port-example-com", { port: 8_443 }),
    });
    for (const host of [HOST, CDN, "alias.example.com", "port.example.com"])
      await world.internet.https([host], (req, res) => handle(req, res));
  });
  after(() => world.close());

  const respond = (headers: http.OutgoingHttpHeaders, host = NAME): Promise<Answer> => {
    handle = (_req, res) => void res.writeHead(200, headers).end();
    return ask({ port: world.port, host });
  };

  describe("in responses lead back to the proxy", () => {
    const cases: [field: string, sent: string, received: string, host?: string][] = [
      ["operation-location", `https://${HOST}/op/1`, `http://${NAME}/op/1`],
      ["azure-asyncoperation", `https://${HOST}/op/1`, `http://${NAME}/op/1`],
      ["content-location", `https://${HOST}/op/1`, `http://${NAME}/op/1`],
      ["x-goog-upload-url", `https://${HOST}/u`, `http://${NAME}/u`],
      ["x-upload-url", `https://${HOST}/u?a=b`, `http://${NAME}/u?a=b`],
      ["x-other-url", `https://${HOST}/u`, `https://${HOST}/u`],
      ["refresh", `1; url=https://${HOST}/u`, `1; url=http://${NAME}/u`],
      [
        "link",
        `<https://${HOST}/2>; rel=next, <https://e.example/>`,
        `<http://${NAME}/2>; rel=next, <https://e.example/>`,
      ],
      ["location", `https://${CDN}/blob`, `http://${CDN}.egress.local/blob`],
      ["location", `//${CDN}/blob`, `http://${CDN}.egress.local/blob`],
      ["location", `https://a.s.example.net/blob`, `http://a.s.example.net.egress.local/blob`],
      ["location", `https://${CDN}:444/blob`, `https://${CDN}:444/blob`],
      ["location", "https://other.example.net/blob", "https://other.example.net/blob"],
      ["location", `https://${HOST}/x`, `https://${HOST}/x`, `${CDN}.egress.local`],
      [
        "location",
        "https://tenant.example.org/x",
        "http://alias.example.com.egress.local/x",
        "alias.example.com.egress.local",
      ],
      [
        "location",
        "https://alias.example.com/x",
        "http://alias.example.com.egress.local/x",
        "alias.example.com.egress.local",
      ],
      [
        "www-authenticate",
        `Bearer realm="https://${CDN}/token",service="${HOST}",scope="a,b"`,
        `Bearer realm="http://${CDN}.egress.local/token",service="${HOST}",scope="a,b"`,
      ],
      [
        "www-authenticate",
        `Bearer resource_metadata="https://${HOST}/.well-known/x", Basic realm="https://${HOST}/"`,
        `Bearer resource_metadata="http://${NAME}/.well-known/x", Basic realm="http://${NAME}/"`,
      ],
      [
        "www-authenticate",
        `Digest realm="https://${HOST}/", nonce="a"`,
        `Digest realm="https://${HOST}/", nonce="a"`,
      ],
    ];
    for (const [field, sent, received, host] of cases) {
      it(`${field}: ${sent}`, async () => {
        const { headers } = await respond({ [field]: sent }, host);
        assert.equal(headers[field], received);
      });
    }

    for (const field of ["operation-location", "x-upload-url", "www-authenticate"]) {
      it(`${field} may not lead into the cluster`, async () => {
        const value = "http://kubernetes.default.svc/";
        const { status } = await respond({
          [field]: field === "www-authenticate" ? `Bearer realm="${value}"` : value,
        });
        assert.equal(status, 502);
      });
    }
  });

  it("challenges that are no grammar's come through as they are", () => {
    for (const value of [
      'Bearer realm="https://a',
      '"',
      '"\\',
      "=",
      "Basic",
      'Bearer realm="a\\"https://b"',
      "a=b,,,",
    ])
      assert.equal(
        rewriteChallenges(value, () => assert.fail()),
        value,
      );
  });

  describe("in requests mean the third party", () => {
    const cases: [field: string, sent: string, received: string, host?: string][] = [
      ["origin", `http://${NAME}`, `https://${HOST}`],
      ["origin", `http://${NAME}:80`, `https://${HOST}`],
      ["origin", "null", "null"],
      ["origin", "http://shop.example.test", "http://shop.example.test"],
      ["referer", `http://${NAME}/a?b`, `https://${HOST}/a?b`],
      ["referer", `http://${CDN}.egress.local/a`, `https://${CDN}/a`],
      ["referer", `https://${HOST}/a`, `https://${HOST}/a`],
      ["destination", `http://${NAME}/dav/b`, `https://${HOST}/dav/b`],
      ["destination", "/dav/b", "/dav/b"],
      [
        "destination",
        "http://port.example.com.egress.local/b",
        "https://port.example.com:8443/b",
        "port.example.com.egress.local",
      ],
      [
        "origin",
        "http://alias.example.com.egress.local",
        "https://tenant.example.org",
        "alias.example.com.egress.local",
      ],
      ["if", `<http://${NAME}/a> (<urn:x>)`, `<https://${HOST}/a> (<urn:x>)`],
    ];
    for (const [field, sent, received, host = NAME] of cases) {
      it(`${field}: ${sent}`, async () => {
        let seen: unknown;
        handle = (req, res) => {
          seen = req.headers[field];
          res.end();
        };
        await ask({ port: world.port, host, headers: { [field]: sent } });
        assert.equal(seen, received);
      });
    }
  });
});

/** Clients never send a Secure cookie back over http://, which the hop in the cluster is to them. */
describe("cookies are the name's in the cluster", () => {
  const cases: [sent: string, received: string][] = [
    ["a=b", "a=b"],
    ["a=b; Path=/; HttpOnly", "a=b; Path=/; HttpOnly"],
    ["a=b; Secure", "a=b"],
    ["a=b;secure;Path=/", "a=b;Path=/"],
    ["a=b; Domain=example.com; Path=/; Secure; SameSite=None", "a=b; Path=/"],
    ["a=b; SameSite=Lax; Secure", "a=b; SameSite=Lax"],
    ["a=b; samesite = none ; SECURE ; Partitioned", "a=b"],
    ["secure=domain; Path=/", "secure=domain; Path=/"],
    [
      "a=b; Max-Age=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure",
      "a=b; Max-Age=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
    ],
    ["__Host-a=b; Secure; Path=/", "__Host-a=b; Path=/"],
    ["a=b; Secured; Domains=x", "a=b; Secured; Domains=x"],
  ];
  for (const [sent, received] of cases) it(sent, () => assert.equal(cookieInCluster(sent), received));
});
