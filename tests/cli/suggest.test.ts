import type { Upstream } from "../../component/args/upstream";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { join, resolve } from "node:path";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { compilePolicy } from "../../component/policy";
import { settingsOf } from "../../component/settings";
import { checkArguments } from "../../component/validation/arguments";
import { auditedRequest } from "../../proxy-image/src/cli/suggest/audited-request";
import { logLines } from "../../proxy-image/src/cli/log/log-lines";
import { runSuggest } from "../../proxy-image/src/cli/suggest/run-suggest";
import { Sightings } from "../../proxy-image/src/cli/suggest/sightings";
import { UsageError } from "../../proxy-image/src/cli/usage-error";

const root = resolve(__dirname, "../..");
const temporary = mkdtempSync(join(tmpdir(), "k8s-egress-suggest-"));
after(() => rmSync(temporary, { recursive: true }));

const SEEN = {
  level: "info",
  time: "2027-01-01T08:00:00.000Z",
  client: "shop/web",
  method: "GET",
  host: "api.github.com",
  upstream: "audit",
  path: "/user",
  status: 200,
  msg: "request",
};
const line = (change: object = {}): string => `${JSON.stringify({ ...SEEN, ...change })}\n`;

interface Outcome {
  status: number | null;
  out: string;
  err: string;
}

/** The command as a user runs it. */
function runProcess(input: string, ...options: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import=tsx", "proxy-image/src/cli/main.ts", "suggest", ...options],
    { cwd: root, input, encoding: "utf8" },
  );
  return { status, out: stdout, err: stderr };
}

/** The same within this process. */
async function run(input: string, ...options: string[]): Promise<Outcome> {
  const texts = { out: "", err: "" };
  const status = await runSuggest(
    options,
    Readable.from([input]),
    { write: (text) => (texts.out += text) },
    { write: (text) => (texts.err += text) },
  );
  return { status, ...texts };
}

interface Listed {
  unreviewed: Upstream[];
  neverAnswered: string[];
}

describe("k8s-egress suggest", () => {
  const log = [
    line(),
    line({ method: "HEAD", time: "2027-01-03T08:00:00.000Z" }),
    line({ client: "reports/cron-daily" }),
    line({ client: "reports/cron-daily", method: "HEAD" }),
    line({ client: "shop/api", method: "POST", status: 422 }),
    line({ host: "stream.example.com", status: 101 }),
    line({ host: "typo.example.com", status: 502, error: "dns-error", level: "warn" }),
    line({ host: "api.stripe.com", upstream: "api.stripe.com" }),
    line({ host: "denied.example.com", upstream: undefined, status: 403, error: "not-listed" }),
    `{"level":"info","msg":"serving"}\n`,
    `npm warn something\n`,
  ].join("");

  it("prints a module in which each entry has who asked for what, marked as unreviewed", async () => {
    const { status, out, err } = await run(log);
    assert.equal(status, 0);
    assert.equal(err, "1 of 11 lines are none of the proxy's log\n");
    assert.match(out, /^\/\/ Written by `k8s-egress suggest`.*UNREVIEWED/);
    assert.equal(
      out.slice(out.indexOf("import")),
      `import type { Upstream } from "k8s-egress";

export const upstreams: Upstream[] = [
  // UNREVIEWED: 5 requests, 2027-01-01 to 2027-01-03
  {
    host: "api.github.com",
    allow: [
      {
        clients: [
          { namespace: "reports", serviceAccount: "cron-daily" },
          { namespace: "shop", serviceAccount: "web" },
        ],
        methods: ["GET", "HEAD"],
      },
      {
        clients: [
          { namespace: "shop", serviceAccount: "api" },
        ],
        methods: ["POST"],
      },
    ],
  },
  // UNREVIEWED: 1 request, 2027-01-01
  {
    host: "stream.example.com",
    websockets: true,
    allow: [
      {
        clients: [
          { namespace: "shop", serviceAccount: "web" },
        ],
        methods: ["GET"],
      },
    ],
  },
];

// Asked for, never answered, and so left out:
//   typo.example.com
`,
    );
  });

  it("prints the same list as a module and as JSON, and one that an EgressProxy accepts", async () => {
    const module = join(temporary, "upstreams.ts");
    writeFileSync(module, (await run(log)).out);
    const { upstreams } = (await import(pathToFileURL(module).href)) as { upstreams: Upstream[] };
    const { unreviewed, neverAnswered } = JSON.parse((await run(log, "--format=json")).out) as Listed;
    assert.deepEqual(upstreams, unreviewed);
    assert.deepEqual(neverAnswered, ["typo.example.com"]);
    const image = `registry.example.com/egress@sha256:${"a".repeat(64)}`;
    assert.equal(checkArguments("egress", { upstreams, image }).any, false);
    assert.ok(compilePolicy(settingsOf({ upstreams })).upstreams["api.github.com"]);
  });

  it("reads files, and the same whatever the order of the lines", async () => {
    const file = join(temporary, "proxy.log");
    writeFileSync(file, log.split("\n").reverse().join("\n"));
    assert.equal((await run("", file)).out, (await run(log)).out);
  });

  it("says what is wrong, with a status for scripts", async () => {
    const nothing = await run(line({ upstream: "api.github.com" }));
    assert.deepEqual([nothing.status, nothing.out], [1, ""]);
    assert.match(nothing.err, /no request of an audit in 1 lines: is `audit` given/);
    await assert.rejects(run("", "--format=yaml"), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /"yaml" is neither typescript nor json\nusage: k8s-egress suggest/);
      return true;
    });
    await assert.rejects(run("", join(temporary, "none.log")), { code: "ENOENT" });
    assert.match((await run("", "--help")).out, /kubectl logs .* --tail=-1/);
  });

  it("is a command that reads standard input, and ends with its status", async () => {
    assert.deepEqual(runProcess(log), await run(log));
    const { status, out, err } = runProcess("", "--color");
    assert.deepEqual([status, out], [2, ""]);
    assert.match(err, /^k8s-egress: Unknown option '--color'.*usage: k8s-egress suggest/s);
  });
});

describe("a hostile log", () => {
  const hostile: [string, object][] = [
    ["code in the host", { host: 'a.com" }]; process.exit(); //' }],
    ["a line's end in the host", { host: "a.com\n// b" }],
    ["a wildcard", { host: "*.com" }],
    ["an address", { host: "169.254.169.254" }],
    ["a cluster's name", { host: "kubernetes.default.svc" }],
    ["capitals", { host: "API.github.com" }],
    ["a host that is no text", { host: ["a.com"] }],
    ["code in the namespace", { client: '"/web' }],
    ["a third part in the client", { client: "shop/web/x" }],
    ["nobody", { client: undefined }],
    ["code in the method", { method: 'GET"],' }],
    ["a method that is never forwarded", { method: "CONNECT" }],
    ["no status", { status: "200" }],
    ["no time", { time: "yesterday" }],
    ["a time that no calendar has", { time: "+999999-01-01T00:00:00Z" }],
  ];
  for (const [what, change] of hostile) {
    it(`${what} is left out`, () => assert.equal(auditedRequest(line(change).trim()), undefined));
  }
  for (const text of ["", "null", "[]", "7", '"x"', "{", "{}", '{"msg":7}', "[".repeat(60_000)]) {
    it(`${JSON.stringify(text.slice(0, 20))} is left out`, () =>
      assert.equal(auditedRequest(text), undefined));
  }

  it("prints nothing of it", async () => {
    const { status, out, err } = await run(hostile.map(([, change]) => line(change)).join(""));
    assert.deepEqual([status, out], [1, ""]);
    assert.doesNotMatch(err, /process\.exit|kubernetes|169/);
  });

  const linesOf = async (...pieces: string[]): Promise<string[]> => {
    async function* all(): AsyncGenerator<string> {
      for (const piece of pieces) yield await Promise.resolve(piece);
    }
    const lines: string[] = [];
    for await (const one of logLines(all())) lines.push(one);
    return lines;
  };

  it("is cut into lines wherever its pieces end", async () => {
    assert.deepEqual(await linesOf("ab", "c\nd", "\n", "\ne"), ["abc", "d", "", "e"]);
    assert.deepEqual(await linesOf(), []);
  });

  it("keeps no line that is too long, in one piece or in many", async () => {
    const long = "x".repeat(40_000);
    assert.deepEqual(await linesOf(long, long, long, "\na\n"), ["", "a"]);
    assert.deepEqual(await linesOf(`${long}${long}\na`), ["", "a"]);
    assert.deepEqual(await linesOf("a\n", long, long, "rest"), ["a", ""]);
  });

  it("fills no memory: hosts, clients and methods are bounded, and what is beyond is counted", () => {
    const sightings = new Sightings();
    const request = { host: "a.com", method: "GET", answered: true, websocket: false, time: 0 };
    const client = { namespace: "shop", serviceAccount: "web" };
    for (let i = 0; i < 1_500; i++) sightings.add({ ...request, client, host: `h${i}.com` });
    assert.deepEqual([sightings.hosts.size, sightings.dropped], [1_000, 500]);
    for (let i = 0; i < 1_500; i++)
      sightings.add({ ...request, host: "h0.com", client: { ...client, serviceAccount: `a${i}` } });
    assert.equal(sightings.hosts.get("h0.com")!.methods.size, 1_000);
    for (let i = 0; i < 60; i++)
      sightings.add({ ...request, client, host: "h0.com", method: "M".repeat(i + 1) });
    assert.equal(sightings.hosts.get("h0.com")!.methods.get("shop/web")!.size, 50);
    assert.equal(sightings.dropped, 500 + 501 + 11);
  });
});

describe("k8s-egress suggest --metrics", () => {
  const series = (hostname: string | undefined, namespace: string, count: string) => ({
    metric: { namespace, ...(hostname !== undefined && { hostname }) },
    value: [Date.parse("2027-01-03T08:00:00.000Z") / 1_000, count],
  });
  const response = (...result: object[]) =>
    JSON.stringify({ status: "success", data: { resultType: "vector", result } });

  it("lists the hosts of a lockdown's audit for the namespaces that called them", async () => {
    const { status, out, err } = await run(
      response(
        series("api.github.com", "shop", "12.3"),
        series("api.github.com", "reports", "1"),
        series("API.stripe.com", "shop", "2"),
        series("gone.example.com", "shop", "0"),
        series(undefined, "shop", "7"),
        series("kubernetes.default.svc", "shop", "7"),
        series('x"], paths: ["/', "shop", "7"),
      ),
      "--metrics",
      "--format",
      "json",
    );
    assert.equal(status, 0);
    assert.match(err, /^3 series have no namespace or no public host name\n$/);
    const { unreviewed } = JSON.parse(out) as Listed;
    assert.deepEqual(unreviewed, [
      { host: "api.github.com", allow: [{ clients: [{ namespace: "reports" }, { namespace: "shop" }] }] },
      { host: "api.stripe.com", allow: [{ clients: [{ namespace: "shop" }] }] },
    ]);
    const args = { upstreams: unreviewed, image: `r.example.com/egress@sha256:${"0".repeat(64)}` };
    assert.equal(checkArguments("egress", args).any, false);
  });

  it("says how often, and gives a program in TypeScript", async () => {
    const { out } = await run(response(series("api.github.com", "shop", "12.3")), "--metrics");
    assert.match(out, /UNREVIEWED: 13 requests, 2027-01-03\n/);
    assert.match(out, /clients: \[\n +\{ namespace: "shop" \},\n +\],\n +\},/);
    assert.doesNotMatch(out, /undefined|methods/);
  });

  for (const [what, text, says] of [
    ["nothing", "", /no response of Prometheus' API/],
    ["an error of Prometheus", `{"status":"error"}`, /no response of Prometheus' API/],
    ["a log", line(), /no response of Prometheus' API/],
    ["no series", response(), /proxy-metrics-hostname-labels/],
  ] as const) {
    it(`${what}: ends with 1 and says what is missing`, async () => {
      const { status, out, err } = await run(text, "--metrics");
      assert.deepEqual([status, out], [1, ""]);
      assert.match(err, says);
    });
  }
});
