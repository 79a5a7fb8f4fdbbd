import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { EgressProxy, type EgressProxyArgs } from "../../index";
import { collectorOf } from "../../component/network-policy/collector";
import { compilePolicy } from "../../component/policy";
import { settingsOf } from "../../component/settings";
import { checkArguments } from "../../component/validation/arguments";
import { policyText } from "../../proxy-image/src/contract/policy/files";
import { parsePolicy } from "../../proxy-image/src/contract/policy/validate";
import { type Registered, runProgram } from "../harness/monitor";
import { NetworkPolicyModel, type Pod } from "./support/network-policy-model";

const SERVICE = "http://otel-collector.observability.svc:4318";
const CREDENTIAL = { collector: { value: "secret-of-the-collector" } };
const HEADERS = { authorization: { credential: "collector", prefix: "Bearer " } };

function args(tracing: unknown, more: object = {}): EgressProxyArgs {
  return {
    upstreams: [{ host: "api.example.com" }],
    image: `registry.example.com/egress@sha256:${"0".repeat(64)}`,
    tracing,
    ...more,
  } as EgressProxyArgs;
}

function problems(given: EgressProxyArgs): string[] {
  const found = checkArguments("egress", given);
  if (!found.any) return [];
  return found
    .report("x")
    .split("\n")
    .slice(1)
    .map((line) => line.trim());
}

describe("arguments about traces", () => {
  const wrong: [tracing: unknown, says: RegExp, more?: object][] = [
    ["http://x", /^tracing: is "http:\/\/x"; write it as in/],
    [{}, /^tracing\.endpoint: is missing; give the base URL/],
    [{ endpoint: "otel-collector:4318" }, /^tracing\.endpoint: is "otel-collector:4318"; give the base URL/],
    [{ endpoint: `${SERVICE}/` }, /^tracing\.endpoint: is/],
    [{ endpoint: "http://user:key@otel.observability.svc" }, /^tracing\.endpoint: is/],
    [{ endpoint: "https://otel.example.com/?key=x" }, /^tracing\.endpoint: is/],
    [{ endpoint: "grpc://otel.observability.svc:4317" }, /^tracing\.endpoint: is/],
    [
      { endpoint: "http://otel.example.com" },
      /^tracing\.endpoint: .* unencrypted over the Internet; use https/,
    ],
    [
      { endpoint: "http://54.187.174.169:4318" },
      /^tracing\.endpoint: .* unencrypted over the Internet; use https/,
    ],
    [
      { endpoint: "http://otel.example.com", cidrs: ["8.8.8.0/24"] },
      /^tracing\.endpoint: .* unencrypted over the Internet/,
    ],
    [
      { endpoint: "https://otel.example.com", cidrs: ["169.254.169.254/32"] },
      /^tracing\.cidrs\[0\]: .* covers link-local/,
    ],
    [{ endpoint: "https://169.254.169.254" }, /^tracing\.endpoint: .* covers link-local/],
    [{ endpoint: SERVICE, sampleRatio: 2 }, /^tracing\.sampleRatio: is 2; give a number from 0 to 1/],
    [{ endpoint: SERVICE, sampleRatio: NaN }, /^tracing\.sampleRatio: is NaN; give a number from 0 to 1/],
    [{ endpoint: SERVICE, sampleRatio: "0.1" }, /^tracing\.sampleRatio: is "0\.1"/],
    [
      { endpoint: SERVICE, clientSampledPerSecond: -1 },
      /^tracing\.clientSampledPerSecond: is -1; give an integer/,
    ],
    [{ endpoint: SERVICE, sampleRate: 1 }, /^tracing\.sampleRate: is not an argument; there are endpoint/],
    [{ endpoint: SERVICE, headers: "x" }, /^tracing\.headers: is "x"; write it as in/],
    [
      { endpoint: SERVICE, headers: { authorization: { credential: "absent" } } },
      /^tracing\.headers\.authorization\.credential: "absent" is not in `credentials`/,
    ],
    [
      { endpoint: SERVICE, headers: { "content-type": { credential: "collector" } } },
      /^tracing\.headers\.content-type: is a field that can't be set/,
      { credentials: CREDENTIAL },
    ],
    [
      { endpoint: SERVICE, cidrs: ["10.0.0.0/8"] },
      /^tracing\.cidrs: means nothing where `endpoint` is a Service/,
    ],
    [{ endpoint: "https://otel.example.com", cidrs: [] }, /^tracing\.cidrs: is empty/],
    [{ endpoint: "https://otel.example.com", cidrs: ["10.0.0.0"] }, /^tracing\.cidrs\[0\]: "10\.0\.0\.0"/],
    [
      { endpoint: "https://otel.example.com", cidrs: ["10.0.0.0/8"] },
      /^tracing\.cidrs: means nothing while networkPolicies\.enabled is false/,
      { networkPolicies: { enabled: false } },
    ],
    [{ endpoint: pulumi.output(SERVICE) }, /^tracing\.endpoint: is an Output/],
  ];
  for (const [tracing, says, more] of wrong) {
    it(says.source, () => {
      const found = problems(args(tracing, more));
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0]!, says);
    });
  }

  it("propagateTrace must be a boolean", () => {
    const upstreams = [{ host: "api.example.com", propagateTrace: "yes" }];
    assert.match(
      problems(args(undefined, { upstreams }))[0]!,
      /^upstreams\[0\]\.propagateTrace: is "yes"; give true or false/,
    );
  });

  it("reach the proxy, with defaults", () => {
    const upstreams = [
      { host: "api.example.com", propagateTrace: true },
      { host: "b.example.com", propagateTrace: false },
    ];
    const given = args({ endpoint: SERVICE, headers: HEADERS }, { upstreams, credentials: CREDENTIAL });
    assert.deepEqual(problems(given), []);
    const policy = parsePolicy(policyText(compilePolicy(settingsOf(given))));
    assert.deepEqual(policy.tracing, {
      endpoint: SERVICE,
      sampleRatio: 0.1,
      clientSampledPerSecond: 100,
      headers: HEADERS,
    });
    assert.equal(policy.upstreams["api.example.com"]!.propagateTrace, true);
    assert.equal("propagateTrace" in policy.upstreams["b.example.com"]!, false);
    assert.equal("tracing" in compilePolicy(settingsOf(args(undefined))), false);
  });
});

describe("a collector's place", () => {
  const place = (endpoint: string) => collectorOf(endpoint, "egress", "cluster.local").place;
  const namespace = (endpoint: string) => {
    const found = place(endpoint);
    return found.kind === "service" ? found.namespace : found.kind;
  };

  it("is the namespace of a Service, in all forms of its name", () => {
    for (const name of ["otel.obs", "otel.obs.svc", "otel.obs.svc.cluster.local", "pod-0.otel.obs.svc"])
      assert.equal(namespace(`http://${name}:4318`), "obs", name);
    assert.equal(namespace("http://otel:4318"), "egress");
  });

  it("is public where the name ends in a domain of the Internet", () => {
    for (const name of ["example.com", "otel.example.com", "api.honeycomb.io", "a.b.c"])
      assert.equal(namespace(`https://${name}`), "public", name);
  });

  it("is an address, and the port is the scheme's by default", () => {
    assert.deepEqual(place("http://10.1.2.3:4318"), { kind: "address", ip: "10.1.2.3" });
    assert.deepEqual(place("http://[fd00::1]:4318"), { kind: "address", ip: "fd00::1" });
    assert.equal(collectorOf("https://otel.example.com", "egress", "cluster.local").port, 443);
    assert.equal(collectorOf("http://otel", "egress", "cluster.local").port, 80);
  });
});

const proxy: Pod = {
  namespace: "egress",
  labels: { "app.kubernetes.io/name": "egress-proxy", "app.kubernetes.io/instance": "egress" },
  ip: "10.244.0.7",
};
const pod = (namespace: string, ip = "10.244.0.9"): Pod => ({ namespace, labels: {}, ip });

async function program(tracing: object, more: object = {}): Promise<Registered[]> {
  const { resources } = await runProgram(() => {
    new EgressProxy("egress", args(tracing, more));
  });
  return resources;
}

describe("objects for traces", () => {
  it("let the proxy, and nothing else, reach the collector's namespace at its port only", async () => {
    const model = new NetworkPolicyModel(await program({ endpoint: SERVICE }), false);
    assert.ok(model.mayReach(proxy, pod("observability"), 4318));
    assert.ok(model.mayReach({ ...proxy, meshed: true }, { ...pod("observability"), meshed: true }, 4318));
    assert.ok(!model.mayReach(proxy, pod("observability"), 4317));
    assert.ok(!model.mayReach(proxy, pod("shop"), 4318));
    const dns = { ...proxy, labels: { ...proxy.labels, "app.kubernetes.io/name": "egress-dns" } };
    assert.ok(!model.mayReach(dns, pod("observability"), 4318));
    const without = new NetworkPolicyModel(await program(undefined as unknown as object), false);
    assert.ok(!without.mayReach(proxy, pod("observability"), 4318));
  });

  it("let the proxy reach an address, ranges, or a public collector", async () => {
    const address = new NetworkPolicyModel(await program({ endpoint: "http://10.9.8.7:4318" }), false);
    assert.ok(address.mayReach(proxy, { ip: "10.9.8.7" }, 4318));
    assert.ok(!address.mayReach(proxy, { ip: "10.9.8.6" }, 4318));
    const ranges = { endpoint: "https://otel.corp.example.com:4318", cidrs: ["10.9.0.0/16"] };
    const ranged = new NetworkPolicyModel(await program(ranges), false);
    assert.ok(ranged.mayReach(proxy, { ip: "10.9.8.7" }, 4318));
    assert.ok(!ranged.mayReach(proxy, { ip: "54.187.174.169" }, 4318));
    const away = new NetworkPolicyModel(await program({ endpoint: "https://otel.example.com:4318" }), false);
    assert.ok(away.mayReach(proxy, { ip: "54.187.174.169" }, 4318));
    assert.ok(!away.mayReach(proxy, { ip: "10.9.8.7" }, 4318));
  });

  it("have the collector's key in a Secret only", async () => {
    const resources = await program({ endpoint: SERVICE, headers: HEADERS }, { credentials: CREDENTIAL });
    const holders = resources.filter((one) => JSON.stringify(one).includes(CREDENTIAL.collector.value));
    assert.deepEqual(
      holders.map(({ type }) => type),
      ["kubernetes:core/v1:Secret"],
    );
    const text = JSON.stringify(resources);
    assert.ok(text.includes("--credentials=/etc/k8s-egress-credentials"));
  });
});
