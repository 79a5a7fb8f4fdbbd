import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { compilePolicy } from "../../component/policy";
import { settingsOf } from "../../component/settings";
import type { Api, Reading } from "../../proxy-image/src/cli/cluster/api";
import { ClusterError } from "../../proxy-image/src/cli/cluster/cluster-error";
import { findProxy } from "../../proxy-image/src/cli/cluster/egress-proxies";
import type { PodRequest } from "../../proxy-image/src/cli/cluster/pod-request";
import { Certificates } from "../../proxy-image/src/cli/dashboard/certificates";
import { CurrentPolicy } from "../../proxy-image/src/cli/dashboard/current-policy";
import { Denials } from "../../proxy-image/src/cli/dashboard/denials";
import { History } from "../../proxy-image/src/cli/dashboard/history";
import { createDashboard } from "../../proxy-image/src/cli/dashboard/server";
import { detail, type Known, overview } from "../../proxy-image/src/cli/dashboard/view";
import type { TapEvent } from "../../proxy-image/src/cli/tap/event";
import { policyFiles, policyText } from "../../proxy-image/src/contract/policy/files";
import { policyHash } from "../../proxy-image/src/contract/policy/hash";
import type { Policy } from "../../proxy-image/src/contract/policy/policy";
import { parsePolicy } from "../../proxy-image/src/contract/policy/validate";
import { runCli } from "./run-cli";

const charges = {
  clients: [{ namespace: "shop", serviceAccount: "checkout" }],
  methods: ["POST"],
  paths: ["/v1/charges"],
};
const policy = parsePolicy(
  policyText(
    compilePolicy(
      settingsOf({ upstreams: [{ host: "api.stripe.com", allow: [charges] }, { host: "api.github.com" }] }),
    ),
  ),
);

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly policy: string;
  readonly location: string | undefined;
  readonly body: string;
}

describe("the dashboard's server", () => {
  const token = "secret";
  let server: Server;
  before(async () => {
    const pages = {
      state: () => ({ a: 1 }),
      upstream: (name: string) => (name === "a.com" ? { name } : undefined),
      certificates: (name: string) => Promise.resolve(name === "a.com" ? { name } : undefined),
    };
    server = createServer(createDashboard(token, pages, "entrance")).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  after(() => server.close());

  const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    new Promise<Answer>((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const outgoing = request(
        { host: "127.0.0.1", port, path, method, headers, agent: false },
        (incoming) => {
          let body = "";
          incoming.on("data", (piece: Buffer) => (body += piece.toString()));
          incoming.on("end", () =>
            resolve({
              status: incoming.statusCode!,
              type: incoming.headers["content-type"] ?? "",
              policy: String(incoming.headers["content-security-policy"]),
              location: incoming.headers.location,
              body,
            }),
          );
        },
      );
      outgoing.on("error", reject).end();
    });

  for (const [path, type] of [
    ["", /^text\/html/],
    ["app.js", /^text\/javascript/],
    ["style.css", /^text\/css/],
    ["state", /^application\/json/],
    ["upstream?name=a.com", /^application\/json/],
    ["certificates?name=a.com", /^application\/json/],
  ] as const) {
    it(`gives /${path} to who knows the secret, with a strict policy`, async () => {
      const { status, type: given, policy } = await ask(`/${token}/${path}`);
      assert.equal(status, 200);
      assert.match(given, type);
      assert.match(policy, /^default-src 'none'; script-src 'self';/);
      assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    });
  }

  for (const [what, path, headers, method] of [
    ["without the secret", "/", {}],
    ["with another secret", "/secreT/state", {}],
    ["by a name that DNS leads here", `/${token}/state`, { host: "attacker.example" }],
    ["by such a name with our address in it", `/${token}/state`, { host: "127.0.0.1.attacker.example" }],
    ["by POST", `/${token}/state`, {}, "POST"],
    ["for another file", `/${token}/../server.ts`, {}],
    ["for an unknown third party", `/${token}/upstream?name=b.com`, {}],
    ["for an unknown third party's certificates", `/${token}/certificates?name=b.com`, {}],
    ["for several names", `/${token}/upstream?name=a.com&name=b.com`, {}],
  ] as const) {
    it(`gives nothing ${what}`, async () => {
      const { status, body } = await ask(path, headers, method);
      assert.equal(status, 404);
      assert.doesNotMatch(body, /"a"|import/);
    });
  }

  it("leads a browser to the page once, by an address that is not the secret", async () => {
    const foreign = await ask("/entrance", { host: "attacker.example" });
    const [first, second] = [await ask("/entrance"), await ask("/entrance")];
    assert.deepEqual([foreign.status, first.status, first.location], [404, 303, `/${token}/`]);
    assert.deepEqual([second.status, second.location], [404, undefined]);
  });

  it("the page has no inline script or style, and nothing from elsewhere", async () => {
    for (const path of ["", "app.js", "style.css"]) {
      const { body } = await ask(`/${token}/${path}`);
      assert.doesNotMatch(
        body.replaceAll("http://www.w3.org/2000/svg", ""),
        /https?:\/\/|innerHTML|<style|style="|onclick=/,
      );
    }
  });
});

it("an output format, which the page does not have, is a mistake", async () => {
  const { status, err } = await runCli(["dashboard", "-o", "json"]);
  assert.equal(status, 2);
  assert.match(err, /Unknown option '-o'[\s\S]+usage: k8s-egress dashboard/);
});

it("a port that is taken is said before anything is collected", { timeout: 60_000 }, async () => {
  const text = policyText(policy);
  const deployment = {
    metadata: { namespace: "egress", name: "egress-proxy" },
    spec: {
      selector: { matchLabels: { app: "egress" } },
      template: {
        spec: {
          containers: [{ name: "proxy", args: [`--policy-sha256=${policyHash(text)}`] }],
          volumes: [{ name: "policy", configMap: { name: "egress-policy" } }],
        },
      },
    },
  };
  const api = createServer(({ url = "" }, response) => {
    response.end(
      JSON.stringify(url.includes("/configmaps/") ? { data: policyFiles(policy) } : { items: [deployment] }),
    );
  });
  const folder = mkdtempSync(join(tmpdir(), "k8s-egress-dashboard-"));
  try {
    await once(api.listen(0, "127.0.0.1"), "listening");
    const { port } = api.address() as AddressInfo;
    const kubeconfig = join(folder, "kubeconfig");
    const cluster = { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true };
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        clusters: [{ name: "c", cluster }],
        users: [{ name: "u", user: {} }],
        contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
        "current-context": "x",
      }),
    );
    const { status, err } = await runCli([
      "dashboard",
      "--no-open",
      `--kubeconfig=${kubeconfig}`,
      `--port=${port}`,
    ]);
    assert.match(err, /^k8s-egress: --port: listen EADDRINUSE/);
    assert.equal(status, 2);
  } finally {
    api.close();
    rmSync(folder, { recursive: true });
  }
});

describe("what the dashboard shows", () => {
  const known = (history: History, denials: Denials): Known => ({
    proxy: "egress/egress",
    policy,
    history,
    denials: denials.list,
    health: [],
    pods: 2,
    note: undefined,
  });
  const growth = new Map([
    [`egress_requests_total{upstream="api.stripe.com",client="shop/checkout",status="2xx"}`, 8],
    [`egress_requests_total{upstream="api.stripe.com",client="shop/web",status="5xx"}`, 2],
    [
      `http_server_request_duration_seconds_count{upstream="api.stripe.com",http_response_status_code="200"}`,
      8,
    ],
    [
      `http_server_request_duration_seconds_count{upstream="api.stripe.com",http_response_status_code="503"}`,
      2,
    ],
  ]);
  const expiry = new Map([
    [`egress_upstream_certificate_expiry_timestamp_seconds{upstream="api.stripe.com"}`, 2_000_000_000],
  ]);

  it("are all third parties, called or not, with their last minutes", () => {
    const history = new History();
    for (let i = 0; i < 130; i++) history.add({ seconds: 2, growth, gauges: [expiry] });
    const { upstreams } = overview(known(history, new Denials(policy)), new Date()) as {
      upstreams: { name: string; requestsPerSecond: number; spark: number[] }[];
    };
    assert.deepEqual(
      upstreams.map(({ name, requestsPerSecond, spark }) => [name, requestsPerSecond, spark.length]),
      [
        ["api.github.com", 0, 60],
        ["api.stripe.com", 5, 60],
      ],
    );
  });

  it("is, of one third party, who called it with which results, its limits and rules", () => {
    const history = new History();
    history.add({ seconds: 2, growth, gauges: [expiry] });
    history.add({ seconds: 2, growth, gauges: [expiry] });
    const shown = detail(known(history, new Denials(policy)), "api.stripe.com") as Record<string, unknown>;
    assert.deepEqual(shown.statuses, [
      { status: "200", requests: 16 },
      { status: "503", requests: 4 },
    ]);
    assert.deepEqual(
      (shown.clients as { client: string; requestsPerSecond: number }[]).map((one) => [
        one.client,
        one.requestsPerSecond,
      ]),
      [
        ["shop/checkout", 4],
        ["shop/web", 1],
      ],
    );
    assert.equal(shown.certificateExpires, 2_000_000_000);
    assert.deepEqual(shown.rules, [
      `{ clients: [{ namespace: "shop", serviceAccount: "checkout" }], methods: ["POST"], paths: ["/v1/charges"] }`,
    ]);
    assert.equal(detail(known(history, new Denials(policy)), "toString"), undefined);
  });

  const denied = (change: Partial<TapEvent> = {}): TapEvent => ({
    time: "2027-01-01T00:00:00Z",
    pod: "p",
    client: "shop/web",
    method: "GET",
    host: "api.stripe.com",
    path: "/v1/charges",
    status: 403,
    failure: "client-denied",
    ...change,
  });

  it("are denials, the latest first, each once and with the rule that would admit it", () => {
    const denials = new Denials(policy);
    denials.add(denied());
    denials.add(denied({ host: "api.new.com", failure: "not-listed" }));
    denials.add(denied({ time: "2027-01-01T00:00:09Z" }));
    denials.add({ ...denied(), status: 200 });
    assert.deepEqual(
      denials.list.map(({ host, time, rule }) => [host, time, rule]),
      [
        [
          "api.stripe.com",
          "2027-01-01T00:00:09Z",
          'add to the `allow` of api.stripe.com: { clients: [{ namespace: "shop", serviceAccount: "web" }], methods: ["GET"], paths: ["/v1/charges"] }',
        ],
        [
          "api.new.com",
          "2027-01-01T00:00:00Z",
          'add to upstreams: { host: "api.new.com", allow: [{ clients: [{ namespace: "shop", serviceAccount: "web" }], methods: ["GET"], paths: ["/v1/charges"] }] }',
        ],
      ],
    );
  });

  it("are judged anew by a new policy, and say when it allows them", () => {
    const denials = new Denials(policy);
    denials.add(denied());
    denials.add(denied({ path: "/v1/other" }));
    const allow = [{ clients: [{ namespace: "shop", serviceAccount: "web" }], paths: ["/v1/charges"] }];
    denials.judgeBy(compilePolicy(settingsOf({ upstreams: [{ host: "api.stripe.com", allow }] })));
    assert.deepEqual(
      denials.list.map(({ path, rule, isAllowed }) => [path, rule !== undefined, isAllowed]),
      [
        ["/v1/other", true, undefined],
        ["/v1/charges", false, true],
      ],
    );
    denials.judgeBy(policy);
    assert.ok(denials.list.every(({ rule, isAllowed }) => rule !== undefined && isAllowed === undefined));
  });

  it("have a rule for a host that looks like a Service of the proxy's namespace", () => {
    const denials = new Denials(policy);
    for (const host of ["new.egress", "new.egress.svc"]) denials.add(denied({ host, failure: "not-listed" }));
    for (const { rule } of denials.list) assert.match(rule!, /^add to upstreams: /);
  });

  it("have no rule where hostile texts are no request, and are at most 50", () => {
    const denials = new Denials(policy);
    for (const change of [
      { host: "a b\u0000" },
      { host: "" },
      { path: "//\\..%00" },
      { method: "GET\r\n" },
      { client: "x/y/z" },
      { host: "[::1" },
    ])
      denials.add(denied(change));
    assert.equal(denials.list.length, 6);
    for (let i = 0; i < 100; i++) denials.add(denied({ path: `/${i}` }));
    assert.equal(denials.list.length, 50);
  });
});

/** What an API server and the pods say; counts the readings. */
class FakeApi {
  policy: Policy = policy;
  text: string | ClusterError = "null";
  readonly asked: string[] = [];

  readonly api = {
    json: ({ resource, path }: Reading) => {
      this.asked.push(resource);
      if (resource === "configmaps") return Promise.resolve({ data: policyFiles(this.policy) });
      const isReady = { conditions: [{ type: "Ready", status: "True" }] };
      const pods = ["a", "b"].map((name) => ({ metadata: { namespace: "egress", name }, status: isReady }));
      return Promise.resolve({ items: path.includes("/pods") ? pods : [this.deployment] });
    },
    pod: ({ path, port, pod }: PodRequest) => {
      this.asked.push(`${pod}:${port}${path}`);
      const { text } = this;
      return typeof text === "string" ? Promise.resolve({ text, date: undefined }) : Promise.reject(text);
    },
  } as unknown as Api;

  get deployment() {
    const args = [`--policy-sha256=${policyHash(policyText(this.policy))}`];
    return {
      metadata: { namespace: "egress", name: "egress-proxy" },
      spec: {
        selector: { matchLabels: {} },
        template: {
          spec: {
            containers: [{ name: "proxy", args }],
            volumes: [{ name: "policy", configMap: { name: "p" } }],
          },
        },
      },
    };
  }

  proxy = () => findProxy(this.api, { namespace: "egress", name: "egress" });
}

describe("the policy that the dashboard shows", () => {
  it("is that of the Deployment, also after a change; the ConfigMap is read when its hash changes", async () => {
    const fake = new FakeApi();
    const current = await CurrentPolicy.read(fake.api, await fake.proxy());
    const count = () => fake.asked.filter((resource) => resource === "configmaps").length;
    assert.equal(await current.refresh(), false);
    assert.equal(count(), 1);
    fake.policy = compilePolicy(settingsOf({ upstreams: [{ host: "api.new.com" }] }));
    assert.equal(await current.refresh(), true);
    assert.deepEqual(Object.keys(current.policy.upstreams), ["api.new.com"]);
    assert.equal(await current.refresh(), false);
    assert.equal(count(), 2);
  });
});

describe("the certificates that the dashboard shows", () => {
  const chain = (seen: string) => ({
    host: "api.stripe.com",
    seen,
    certificates: [{ subject: "CN=a", issuer: "CN=b", from: seen, until: seen }],
  });

  it("are the latest that a pod saw, asked for at most once a minute", async () => {
    const fake = new FakeApi();
    let now = 0;
    const certificates = new Certificates(fake.api, () => now);
    const proxy = await fake.proxy();
    fake.text = JSON.stringify(chain("2027-01-01T00:00:00.000Z"));
    const asked = () => fake.asked.filter((one) => one.includes("/certificates/"));
    const shown = await certificates.of(proxy, "*.stripe.com");
    assert.deepEqual(shown, { chain: chain("2027-01-01T00:00:00.000Z") });
    assert.deepEqual(asked(), ["a:9091/certificates/*.stripe.com", "b:9091/certificates/*.stripe.com"]);
    now = 59_000;
    await certificates.of(proxy, "*.stripe.com");
    assert.equal(asked().length, 2);
    now = 61_000;
    await certificates.of(proxy, "*.stripe.com");
    assert.equal(asked().length, 4);
  });

  for (const [what, text, note] of [
    ["no pod has seen one", "null", /^not seen yet/],
    ["a pod says what is none", '{"host":1,"seen":[],"certificates":"x"}', /^not seen yet/],
    ["a pod says what is no JSON", "<html>", /^not seen yet/],
    ["no pod can be asked", new ClusterError("A right is missing: x."), /^A right is missing/],
  ] as const) {
    it(`are a note where ${what}`, async () => {
      const fake = new FakeApi();
      fake.text = text;
      const { chain, note: given } = await new Certificates(fake.api).of(await fake.proxy(), "a.com");
      assert.equal(chain, undefined);
      assert.match(given!, note);
    });
  }
});
