import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { MeshMode } from "../../component/args/mesh";
import { compilePolicy } from "../../component/policy";
import { policyText } from "../../proxy-image/src/contract/policy/files";
import { settingsOf } from "../../component/settings";
import { runCanI } from "../../proxy-image/src/cli/can-i/run-can-i";
import { UsageError } from "../../proxy-image/src/cli/usage-error";
import { type Outcome, runCli } from "./run-cli";

const temporary = mkdtempSync(join(tmpdir(), "k8s-egress-can-i-"));
after(() => rmSync(temporary, { recursive: true }));

const write = (name: string, text: string): string => {
  const file = join(temporary, name);
  writeFileSync(file, text);
  return file;
};
const stripe = {
  host: "api.stripe.com",
  setHeaders: { authorization: { credential: "stripe", prefix: "Bearer " } },
  allow: [
    {
      clients: [{ namespace: "shop", serviceAccount: "checkout" }],
      methods: ["POST"],
      paths: ["/v1/charges"],
    },
  ],
};
const audit = { namespaces: ["lab"], until: "2099-01-31" };
const meshed = write("policy.json", policyText(compilePolicy(settingsOf({ upstreams: [stripe], audit }))));
const open = compilePolicy(
  settingsOf({ upstreams: [{ host: "api.github.com" }], mesh: { mode: MeshMode.None } }),
);
const unmeshed = write("unmeshed.json", policyText(open));

const canI = (...argv: string[]): Promise<Outcome> => runCli(["can-i", ...argv, `--policy=${meshed}`]);

describe("k8s-egress can-i", { concurrency: 2 }, () => {
  it("yes: by which rule, with which credential", async () => {
    const { status, out } = await canI("--as", "shop/checkout", "POST", "https://api.stripe.com/v1/charges");
    assert.equal(status, 0);
    assert.equal(
      out,
      `yes: shop/checkout may POST https://api.stripe.com/v1/charges
  upstream    api.stripe.com
  rule        allow[0]: { clients: [{ namespace: "shop", serviceAccount: "checkout" }], methods: ["POST"], paths: ["/v1/charges"] }
  credential  stripe (authorization)
`,
    );
  });

  it("no: why, and the smallest rule", async () => {
    const { status, out } = await canI("--as", "shop/web", "GET", "https://api.stripe.com/v1/charges");
    assert.equal(status, 1);
    assert.match(
      out,
      /^no: shop\/web may not GET .*\n {2}upstream +api\.stripe\.com\n {2}reason +client-denied: /,
    );
    assert.match(
      out,
      / {2}add +to the `allow` of api\.stripe\.com: \{ clients: \[\{ namespace: "shop", serviceAccount: "web" \}\], methods: \["GET"\], paths: \["\/v1\/charges"\] \}\n$/,
    );
    const unlisted = await canI("--as", "shop/web", "GET", "https://api.github.com/user");
    assert.match(unlisted.out, /add +to upstreams: \{ host: "api\.github\.com", allow: \[\{ clients: /);
  });

  it("no, and what to do where no rule helps", async () => {
    const { status, out } = await canI("--as=shop/checkout", "POST", "https://api.stripe.com/v1/./charges");
    assert.equal(status, 1);
    assert.match(out, /reason +ambiguous-path: .*\n {2}what to do +Send it without dot segments/);
  });

  it("yes by an audit", async () => {
    const { status, out } = await canI("--as=lab/any", "GET", "https://api.github.com/user");
    assert.equal(status, 0);
    assert.match(out, /upstream +audit\n/);
  });

  it("is JSON with -o json", async () => {
    const { status, out } = await canI("--as=shop/web", "GET", "https://api.stripe.com/a", "-o", "json");
    assert.equal(status, 1);
    const verdict = JSON.parse(out) as { allowed: boolean; suggestion: { allow: unknown[] } };
    assert.equal(verdict.allowed, false);
    assert.equal(verdict.suggestion.allow.length, 1);
  });

  it("without a mesh", async () => {
    const url = "https://api.github.com/user";
    const { status, out } = await runCli(["can-i", "GET", url, "--policy", unmeshed]);
    assert.equal(status, 0, out);
    assert.match(out, /^yes: a client without a mesh may GET/);
    const named = await runCli(["can-i", "--as=shop/web", "GET", url, "--policy", unmeshed]);
    assert.equal(named.status, 2);
    assert.match(named.err, /--as: this policy has no mesh/);
  });

  for (const [argv, message] of [
    [["--as", "checkout", "GET", "https://a.example/"], /--as: "checkout" is no service account/],
    [["GET"], /give METHOD and URL/],
    [["get", "https://a.example/"], /METHOD: "get" is no method/],
    [["GET", "a.example"], /URL: "a\.example" is no URL of a third party/],
    [["GET", "https://a.example/", "-o", "yaml"], /--output: "yaml" is neither table nor json/],
    [["GET", "https://a.example/", "--nonsense"], /--nonsense/],
  ] as const) {
    it(`${argv.join(" ")} is wrong usage`, async () => {
      const run = runCanI([...argv, `--policy=${meshed}`], {
        write: () => assert.fail("nothing is printed"),
      });
      await assert.rejects(run, (error) => error instanceof UsageError && message.test(error.message));
    });
  }

  it("says what is wrong with a policy's file", async () => {
    const ask = (policy: string) => runCli(["can-i", "GET", "https://a.example/", "--policy", policy]);
    const [missing, malformed] = [
      await ask(join(temporary, "none")),
      await ask(write("bad", `{"version":1}`)),
    ];
    assert.deepEqual([missing.status, malformed.status], [2, 2]);
    assert.match(missing.err, /--policy: ENOENT/);
    assert.match(malformed.err, /--policy: .*bad: the policy is refused:\ndomain /);
  });

  it("says that there is no cluster, or that it can't be reached", async () => {
    const kubeconfig = (server?: string) =>
      write(
        "kubeconfig",
        JSON.stringify({
          apiVersion: "v1",
          kind: "Config",
          clusters: server === undefined ? [] : [{ name: "c", cluster: { server } }],
          contexts: server === undefined ? [] : [{ name: "c", context: { cluster: "c", user: "u" } }],
          users: server === undefined ? [] : [{ name: "u", user: {} }],
          ...(server !== undefined && { "current-context": "c" }),
        }),
      );
    const ask = (server?: string) =>
      runCli(["can-i", "GET", "https://a.example/", `--kubeconfig=${kubeconfig(server)}`]);
    const none = await ask();
    assert.deepEqual([none.status, none.out], [2, ""]);
    assert.match(none.err, /^k8s-egress: There is no cluster: the kubeconfig has no current context\./);
    const closed = await ask("http://127.0.0.1:9");
    assert.equal(closed.status, 2);
    assert.match(closed.err, /^k8s-egress: The cluster can't be reached: .*127\.0\.0\.1:9/);
  });
});
