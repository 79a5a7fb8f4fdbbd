import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EgressProxyArgs } from "../../component/args/egress-proxy";
import { compilePolicy } from "../../component/policy";
import { policyText } from "../../proxy-image/src/contract/policy/files";
import { settingsOf } from "../../component/settings";
import { checkArguments } from "../../component/validation/arguments";
import { parsePolicy } from "../../proxy-image/src/contract/policy/validate";

const CDN = { host: "cdn.example.net" };

function args(more: object, other: object = {}): EgressProxyArgs {
  return {
    upstreams: [{ host: "api.example.com", ...more }, CDN],
    image: `registry.example.com/egress@sha256:${"0".repeat(64)}`,
    ...other,
  };
}

/** The lines of the report, without its head. */
function problems(more: object, other?: object): string[] {
  const found = checkArguments("egress", args(more, other));
  return found.any
    ? found
        .report("x")
        .split("\n")
        .slice(1)
        .map((line) => line.trim())
    : [];
}

const PATHS = { allow: [{ paths: ["/projects/a%2Fb/**"] }] };

describe("arguments about how requests look and where responses lead", () => {
  const wrong: [more: object, says: RegExp][] = [
    [{ encodedSlashes: "yes" }, /^upstreams\[0\]\.encodedSlashes: is "yes"; give true or false/],
    [
      { encodedSlashes: true },
      /^upstreams\[0\]\.encodedSlashes: means nothing without rules that name `paths`/,
    ],
    [PATHS, /^upstreams\[0\]\.allow\[0\]\.paths\[0\]: .*%2F needs `encodedSlashes: true`/],
    [{ passHeaders: "x-real-ip" }, /^upstreams\[0\]\.passHeaders: is "x-real-ip"; give a list/],
    [
      { passHeaders: ["X-Real-IP"] },
      /^upstreams\[0\]\.passHeaders\[0\]: is "X-Real-IP"; give a request field in lower/,
    ],
    [{ passHeaders: ["authorization"] }, /that the proxy otherwise keeps inside/],
    [{ passHeaders: ["l5d-client-id"] }, /that the proxy otherwise keeps inside/],
    [{ passHeaders: ["connection"] }, /that the proxy otherwise keeps inside/],
    [
      { passHeaders: ["forwarded", "forwarded"] },
      /^upstreams\[0\]\.passHeaders\[1\]: "forwarded" is also .*\[0\]; name it once/,
    ],
    [{ via: 0 }, /^upstreams\[0\]\.via: is 0; give true or false/],
    [
      { hostHeader: "https://x.example.com" },
      /^upstreams\[0\]\.hostHeader: is .*; give a host in lower case/,
    ],
    [{ hostHeader: "x.example.com:99999" }, /^upstreams\[0\]\.hostHeader: is/],
    [{ hostHeader: "api.example.com" }, /^upstreams\[0\]\.hostHeader: is `host` itself/],
    [
      { host: "*.example.com", hostHeader: "x.example.org" },
      /^upstreams\[0\]\.hostHeader: can't stand with the wildcard/,
    ],
    [
      { bodyMethods: ["*"] },
      /^upstreams\[0\]\.bodyMethods\[0\]: is "\*".*for any other method leave the list out/,
    ],
    [{ linkHeaders: ["*"] }, /^upstreams\[0\]\.linkHeaders\[0\]: is "\*"; give a response field/],
    [{ bodyMethods: ["get"] }, /^upstreams\[0\]\.bodyMethods\[0\]: is "get"; give a method in capitals/],
    [
      { bodyMethods: ["POST"] },
      /^upstreams\[0\]\.bodyMethods\[0\]: is "POST", whose body every server reads/,
    ],
    [{ bodyMethods: ["CONNECT"] }, /^upstreams\[0\]\.bodyMethods\[0\]: is "CONNECT"/],
    [
      { linksTo: ["elsewhere.example.org"] },
      /^upstreams\[0\]\.linksTo\[0\]: "elsewhere\.example\.org" is no host of `upstreams`/,
    ],
    [{ linksTo: ["api.example.com"] }, /^upstreams\[0\]\.linksTo\[0\]: is this upstream itself/],
    [{ linksTo: "cdn.example.net" }, /^upstreams\[0\]\.linksTo: is "cdn\.example\.net"; give a list/],
    [
      { linkHeaders: ["location"] },
      /^upstreams\[0\]\.linkHeaders\[0\]: is "location"; give a response field/,
    ],
    [{ linkHeaders: ["set-cookie"] }, /^upstreams\[0\]\.linkHeaders\[0\]: is "set-cookie"/],
    [{ maxConnectionAge: 600 }, /^upstreams\[0\]\.maxConnectionAge: 600 is not a duration/],
    [{ maxConnectionAge: "25h" }, /^upstreams\[0\]\.maxConnectionAge: "25h" is out of range/],
    [{ timeouts: { stream: "0s" } }, /^upstreams\[0\]\.timeouts\.stream: "0s" is out of range/],
    [{ passHeader: ["forwarded"] }, /^upstreams\[0\]\.passHeader: is not an argument/],
  ];
  for (const [more, says] of wrong) {
    it(JSON.stringify(more), () => {
      const found = problems(more);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0]!, says);
    });
  }

  const wrongLimits: [limits: unknown, says: RegExp][] = [
    ["32k", /^limits: is "32k"; write it as in/],
    [
      { headerBytes: 1_000 },
      /^limits\.headerBytes: is 1000; give an integer from 8192 to 131072, such as 32768/,
    ],
    [
      { headerFields: 10_000 },
      /^limits\.headerFields: is 10000; give an integer from 50 to 1000, such as 200/,
    ],
    [{ headers: 1 }, /^limits\.headers: is not an argument; there are headerBytes, headerFields/],
  ];
  for (const [limits, says] of wrongLimits) {
    it(`limits: ${JSON.stringify(limits)}`, () => {
      const found = problems({}, { limits });
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0]!, says);
    });
  }

  it("reach the proxy, which accepts them", () => {
    const more = {
      ...PATHS,
      encodedSlashes: true,
      passHeaders: ["x-forwarded-for"],
      via: false,
      hostHeader: "tenant.example.org:8443",
      bodyMethods: ["GET"],
      linksTo: ["cdn.example.net"],
      linkHeaders: ["x-upload-url"],
    };
    const given = args({ ...more, timeouts: { stream: "2h" } }, { limits: { headerBytes: 65_536 } });
    assert.ok(!checkArguments("egress", given).any);
    const policy = parsePolicy(policyText(compilePolicy(settingsOf(given))));
    assert.deepEqual(policy.limits, { headerBytes: 65_536, headerFields: 200 });
    const compiled = policy.upstreams["api.example.com"]!;
    for (const [key, value] of Object.entries(more)) assert.deepEqual(compiled[key as "via"], value, key);
    assert.equal(compiled.timeouts.stream, 7_200_000);
  });

  it("that are their defaults, or empty, say nothing in the policy", () => {
    const empty = {
      encodedSlashes: false,
      passHeaders: [],
      via: true,
      bodyMethods: [],
      linksTo: [],
      linkHeaders: [],
    };
    assert.deepEqual(
      compilePolicy(settingsOf(args(empty))).upstreams["api.example.com"],
      compilePolicy(settingsOf(args({}))).upstreams["api.example.com"],
    );
  });

  const refused: [change: object, says: RegExp][] = [
    [{ linksTo: ["api.example.com"] }, /linksTo\[0\] must be another entry/],
    [{ linksTo: ["elsewhere.example.org"] }, /linksTo\[0\] must be another entry/],
    [PATHS, /allow\[0\]\.paths\[0\] has %2F, which needs `encodedSlashes`/],
    [{ via: true }, /via must be false/],
    [{ passHeaders: [] }, /passHeaders must have 1 to 20 entries/],
  ];
  for (const [change, says] of refused) {
    it(`the proxy refuses a policy with ${JSON.stringify(change)}`, () => {
      const policy = compilePolicy(settingsOf(args({})));
      Object.assign(policy.upstreams["api.example.com"]!, change);
      assert.throws(() => parsePolicy(JSON.stringify(policy)), says);
    });
  }
});
