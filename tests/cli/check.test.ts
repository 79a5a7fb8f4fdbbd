import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KubeConfig } from "@kubernetes/client-node";
import { compilePolicy } from "../../component/policy";
import { settingsOf } from "../../component/settings";
import { checkCertificates } from "../../proxy-image/src/cli/check/certificates";
import { checkClocks } from "../../proxy-image/src/cli/check/clock";
import { checkVersion } from "../../proxy-image/src/cli/check/cluster-version";
import { checkDns } from "../../proxy-image/src/cli/check/dns-target";
import { asText, type Finding, ok, problem } from "../../proxy-image/src/cli/check/finding";
import { gatherHealth } from "../../proxy-image/src/cli/check/gather";
import { checkMesh, type MeshFacts } from "../../proxy-image/src/cli/check/mesh";
import { checkEngine } from "../../proxy-image/src/cli/check/network-policy-engine";
import { checkPods } from "../../proxy-image/src/cli/check/pods";
import { checkPolicy } from "../../proxy-image/src/cli/check/policy";
import { lookAtPods } from "../../proxy-image/src/cli/check/look-at-pods";
import { lookAtRights } from "../../proxy-image/src/cli/check/look-at-rights";
import { checkRights, rightsOfUp } from "../../proxy-image/src/cli/check/rights";
import { checkStubDomain } from "../../proxy-image/src/cli/check/stub-domain";
import type { Api, Reading } from "../../proxy-image/src/cli/cluster/api";
import { ClusterError } from "../../proxy-image/src/cli/cluster/cluster-error";
import { PolicyMismatchError } from "../../proxy-image/src/cli/cluster/egress-proxies";
import type { Pod } from "../../proxy-image/src/cli/cluster/pods";
import { InvalidPolicyError } from "../../proxy-image/src/contract/policy/validate";
import type { Right } from "../../proxy-image/src/contract/stub-domain/objects";
import type { Survey } from "../../proxy-image/src/stubdomain/controller/survey";

const levels = (findings: readonly Finding[]) =>
  Object.fromEntries(findings.map(({ subject, level }) => [subject, level]));
const NOW = Date.parse("2027-01-01T12:00:00Z");

it("findings are lines with a mark, and what to do with a link below it", () => {
  const text = asText(
    [ok("dns", "fits"), problem("pods", "none\x1b[2J", "look", "docs/mesh.md")],
    (_, one) => one,
  );
  assert.equal(
    text,
    `✓ dns   fits
✗ pods  none\\u{1b}[2J
        → look
        https://github.com/k8s-egress/k8s-egress/blob/main/docs/mesh.md
`,
  );
});

it("a cluster must be of Kubernetes 1.30 or newer", () => {
  for (const version of ["v1.30.0", "v1.36.3-gke.100", "1.31.0+k3s1", "v2.0.0"])
    assert.equal(checkVersion(version).level, "ok", version);
  for (const version of ["v1.29.15", "v1.9.0", ""])
    assert.equal(checkVersion(version).level, "error", version);
});

it("missing rights are named with verb, resource and namespace", () => {
  const all = rightsOfUp("egress", "egress-stub-domain", true);
  assert.ok(all.some(({ resource, namespace }) => resource === "servers" && namespace === "egress"));
  assert.ok(all.some(({ resource }) => resource === "egressnetworks"));
  const gate = all.filter(
    ({ resource, namespace }) => resource === "configmaps" && namespace === "kube-system",
  );
  assert.deepEqual(
    ["create", "delete"].filter((verb) => gate.some((right) => right.verb === verb)),
    ["create", "delete"],
  );
  assert.equal(checkRights([]).level, "ok");
  const { level, text } = checkRights(
    all.filter(({ resource }) => resource === "deployments" || resource === "namespaces"),
  );
  assert.equal(level, "error");
  assert.equal(
    text,
    "missing: get, create, patch, delete, list, watch deployments.apps in egress; get, create, patch, delete, list, watch deployments.apps in egress-stub-domain; get, create, patch, delete namespaces in the cluster",
  );
});

describe("rights for `pulumi up`", () => {
  const installation = {
    namespace: "egress",
    name: "egress",
    instance: "egress",
    isMeshed: false,
    hasController: true,
  };
  const without = (...missing: RegExp[]) => ({
    isAllowed: ({ verb, group, resource, namespace, name = "" }: Right) => {
      const text = `${verb} ${resource}${group && `.${group}`} ${namespace} ${name}`;
      return Promise.resolve(!missing.some((one) => one.test(text)));
    },
  });
  const ROLES = /^(?:escalate|bind) /;

  it("include those to read and to watch until pods are ready", async () => {
    const [rights] = await lookAtRights(without(/^watch persistentvolumeclaims egress /), installation);
    assert.match(rights!.text, /^missing: watch persistentvolumeclaims in egress$/);
  });

  it("include those that the Roles grant, which RBAC lets nobody grant who does not hold them", async () => {
    const [rights, grants] = await lookAtRights(
      without(/^patch configmaps kube-system coredns/, ROLES),
      installation,
    );
    assert.equal(rights!.level, "ok");
    assert.deepEqual([grants!.subject, grants!.level], ["rights to grant", "error"]);
    assert.match(grants!.text, /you don't hold: patch configmaps coredns in kube-system$/);
    assert.match(
      grants!.remedy!,
      /or for escalate, bind roles\.rbac\.authorization\.k8s\.io in kube-system;/,
    );
  });

  it("do not include these for who may escalate and bind, and where there is no controller", async () => {
    const missing = /^patch configmaps kube-system coredns/;
    assert.equal((await lookAtRights(without(missing), installation)).length, 1);
    const manual = { ...installation, hasController: false };
    assert.equal((await lookAtRights(without(missing, ROLES), manual)).length, 1);
    const half = await lookAtRights(without(missing, /^bind /), installation);
    assert.equal(half[1]?.level, "error");
  });
});

describe("Linkerd", () => {
  const facts: MeshFacts = {
    groups: ["policy.linkerd.io", "gateway.networking.k8s.io"],
    routes: ["HTTPRoute"],
    mode: "required",
    identitySuffix: "serviceaccount.identity.linkerd.cluster.local",
    controlPlane: "linkerd",
    values: `cliVersion: x\nidentityTrustDomain: cluster.local\nlinkerdVersion: edge-26.8.1\n`,
    injectors: 2,
  };
  it("is right", () => {
    const findings = checkMesh(facts);
    assert.ok(
      findings.every(({ level }) => level === "ok"),
      JSON.stringify(findings),
    );
    assert.match(findings[0]!.text, /edge-26\.8\.1/);
  });
  for (const [what, change, expected] of [
    ["is missing", { groups: [] }, { linkerd: "error" }],
    ["has no HTTPRoute v1 beside it", { routes: [] }, { "gateway api": "warning" }],
    ["has no Gateway API beside it", { routes: undefined }, { "gateway api": "ok" }],
    ["is missing, and not needed", { groups: [], mode: "none" }, { linkerd: "ok" }],
    ["has no injector", { injectors: undefined }, { injector: "error" }],
    ["has an injector that is down", { injectors: 0 }, { injector: "error" }],
    [
      "has another trust domain",
      { values: "identityTrustDomain: corp.example\n" },
      { "trust domain": "error" },
    ],
    [
      "has another trust domain, before the installation",
      { values: `identityTrustDomain: "corp.example"\n`, identitySuffix: undefined, mode: undefined },
      { "trust domain": "warning" },
    ],
    ["does not say its trust domain", { values: undefined }, { "trust domain": "warning" }],
  ] as [string, Partial<MeshFacts>, Record<string, string>][]) {
    it(what, () => {
      const seen = levels(checkMesh({ ...facts, ...change }));
      for (const [subject, level] of Object.entries(expected)) assert.equal(seen[subject], level, subject);
    });
  }
});

describe("the cluster's DNS", () => {
  const configMap = (name: string, corefile: string) => ({
    metadata: { namespace: "kube-system", name },
    data: { Corefile: corefile },
  });
  const PLAIN = ".:53 {\n  errors\n  kubernetes cluster.local\n  forward . /etc/resolv.conf\n  reload\n}\n";
  const CACHE =
    "cluster.local:53 {\n  bind 169.254.20.10\n  forward . 10.0.0.10\n}\n.:53 {\n  bind 169.254.20.10\n  forward . /etc/resolv.conf\n}\n";
  const seen: Survey = {
    version: "v1.33.0",
    groups: [],
    resolvers: [],
    coredns: configMap("coredns", PLAIN),
    kubeDns: undefined,
    nodeLocalDns: undefined,
    rke2: undefined,
    hasPods: true,
    serves: undefined,
  };
  it("fits as it is", () => {
    assert.deepEqual(levels(checkDns(seen, [])), { "dns target": "ok", corefile: "ok" });
    assert.deepEqual(levels(checkDns(seen, ["coredns"])), { "dns target": "ok", corefile: "ok" });
  });
  it("needs another target, and says which and why", () => {
    const custom = { ...seen, coredns: configMap("coredns", `${PLAIN}import custom/*.server\n`) };
    const [target] = checkDns(custom, []);
    assert.equal(target!.level, "warning");
    assert.match(target!.text, /^corednsCustom fits: the Corefile imports coredns-custom/);
    assert.equal(target!.remedy, 'set dns: { target: "corednsCustom" }');
    assert.equal(checkDns(custom, ["coredns"])[0]!.level, "error");
    assert.equal(checkDns(custom, ["corednsCustom"])[0]!.level, "ok");
  });
  it("can't be configured by the controller", () => {
    const [target] = checkDns({ ...seen, rke2: configMap("rke2-coredns-rke2-coredns", PLAIN) }, []);
    assert.equal(target!.level, "error");
    assert.match(target!.text, /dns print --for rke2/);
  });
  it("has a Corefile that can't be read", () => {
    const findings = checkDns({ ...seen, coredns: configMap("coredns", ".:53 {\n  errors\n") }, []);
    assert.equal(levels(findings).corefile, "error");
  });
  it("has a cache on the nodes", () => {
    const cached = { ...seen, nodeLocalDns: configMap("node-local-dns", CACHE) };
    assert.equal(levels(checkDns(cached, ["coredns"]))["node cache"], "warning");
    assert.equal(levels(checkDns(cached, ["coredns", "nodeLocalDns"]))["node cache"], "ok");
  });
});

it("a NetworkPolicy engine is known by its DaemonSet", () => {
  const daemonSet = (name: string, args: string[] = []) => ({
    metadata: { name, namespace: "kube-system" },
    spec: { template: { spec: { containers: [{ name: "c", args }] } } },
  });
  const level = (name: string, version = "v1.33.0", args: string[] = []) =>
    checkEngine([daemonSet(name, args)], version).level;
  assert.equal(level("cilium"), "ok");
  assert.equal(level("kube-flannel"), "warning");
  assert.equal(level("kube-flannel", "v1.33.0+k3s1"), "ok");
  assert.equal(level("aws-node"), "warning");
  assert.equal(level("aws-node", "v1.33.0-eks-1", ["--enable-network-policy=true"]), "ok");
});

describe("pods", () => {
  const pod = (name: string, change: object = {}, containers = ["proxy", "linkerd-proxy"]): Pod => ({
    metadata: { namespace: "egress", name },
    spec: { containers: containers.map((one) => ({ name: one })) },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }], ...change },
  });
  const waiting = (reason: string) => ({
    conditions: [],
    containerStatuses: [{ name: "proxy", state: { waiting: { reason, message: "not found" } } }],
  });
  it("are ready and have a sidecar", () => {
    assert.deepEqual(levels(checkPods("proxy pods", [pod("a"), pod("b")], 2, true)), {
      "proxy pods": "ok",
      sidecars: "ok",
    });
  });
  it("have no sidecar", () => {
    const [, sidecars] = checkPods("proxy pods", [pod("a"), pod("b", {}, ["proxy"])], 2, true);
    assert.equal(sidecars!.level, "error");
    assert.match(sidecars!.text, /^missing in b:/);
  });
  it("are not ready, and why", () => {
    const [some] = checkPods("proxy pods", [pod("a"), pod("b", waiting("CrashLoopBackOff"))], 2, false);
    assert.deepEqual([some!.level, some!.text], ["warning", "1 of 2 ready: b (proxy: CrashLoopBackOff)"]);
    const [none, image] = checkPods("proxy pods", [pod("b", waiting("ImagePullBackOff"))], 2, false);
    assert.equal(none!.level, "error");
    assert.match(image!.text, /^the image of container proxy of pod b can't be pulled: not found/);
    assert.equal(checkPods("proxy pods", [], 2, true)[0]!.level, "error");
  });
  it("can't pull their image, and why, by the kubelet's events", async () => {
    const image = "registry.example.com/egress@sha256:0";
    const unpulled: Pod = {
      ...pod("b", {
        conditions: [],
        containerStatuses: [
          {
            name: "proxy",
            state: { waiting: { reason: "ImagePullBackOff", message: "Back-off pulling image" } },
          },
        ],
      }),
      spec: { containers: [{ name: "proxy", image }] },
    };
    const events = [
      { involvedObject: { name: "b" }, message: "Error: ImagePullBackOff" },
      { involvedObject: { name: "b" }, message: "Failed to pull image: 401 Unauthorized" },
    ];
    const text = async (json: Api["json"]) => {
      const wanted = { wanted: 1, isMeshed: false };
      const findings = await lookAtPods({ json } as unknown as Api, "proxy pods", [unpulled], wanted);
      return findings.find((one) => one.text.startsWith("the image"))?.text;
    };
    const json = (() => Promise.resolve({ items: events })) as Api["json"];
    const about = `the image ${image} of container proxy of pod b can't be pulled: `;
    assert.equal(await text(json), `${about}Failed to pull image: 401 Unauthorized`);
    const forbidden = () => Promise.reject(new ClusterError("A right is missing."));
    assert.equal(await text(forbidden), `${about}Back-off pulling image`);
  });
  it("are described where one is not ready, and looked for where one is missing", () => {
    const [broken] = checkPods("proxy pods", [pod("a"), pod("b", waiting("CrashLoopBackOff"))], 2, false);
    assert.equal(broken!.remedy, "kubectl -n egress describe pod b");
    const [missing] = checkPods("proxy pods", [pod("a")], 2, false);
    assert.deepEqual([missing!.level, missing!.text], ["warning", "1 of 2 ready"]);
    assert.match(missing!.remedy!, /quota/);
  });
});

describe("the policy", () => {
  const policy = compilePolicy(settingsOf({ upstreams: [{ host: "api.stripe.com" }] }));
  const args = ["--policy-sha256=aaaaaaaaaaaaaaaa"];
  const proxy = {
    namespace: "egress",
    name: "egress",
    selector: {},
    args,
    replicas: 2,
    policy: "egress-policy-1",
  };
  const pod = (name: string, given = args): Pod => ({
    metadata: { namespace: "egress", name },
    spec: { containers: [{ name: "proxy", args: given }] },
  });
  it("is the one of Deployment, ConfigMap and pods", () => {
    const { level, text } = checkPolicy(proxy, policy, [pod("a"), pod("b")]);
    assert.deepEqual([level, text], ["ok", "ConfigMap egress/egress-policy-1, 1 upstream, in all pods"]);
  });
  it("is another one in a pod", () => {
    const { level, text } = checkPolicy(proxy, policy, [pod("a"), pod("b", ["--policy-sha256=bbbb"])]);
    assert.equal(level, "warning");
    assert.match(text, /^pods enforce another policy than .+: b \(bbbb\)$/);
  });
  it("is not that of the Deployment's hash", () => {
    const { level, subject, text } = checkPolicy(proxy, new PolicyMismatchError("x"), []);
    assert.deepEqual([level, subject], ["error", "policy"]);
    assert.match(text, /egress\/egress-policy-1 is not the policy of the Deployment's hash \(aaaaaaaaaaaa\)/);
  });
  it("is of another release, or can't be read", () => {
    const invalid = new InvalidPolicyError([{ path: "version", problem: "must be 1" }]);
    assert.match(
      checkPolicy(proxy, invalid, []).text,
      /this release of the tool can't read .+: version must be 1/,
    );
    assert.throws(
      () => checkPolicy(proxy, new ClusterError("A right is missing."), []),
      /A right is missing/,
    );
  });
});

it("a policy that does not match has a line of its own", async () => {
  const proxy = { namespace: "egress", name: "egress", selector: {}, args: [], replicas: 2, policy: "p" };
  const api = { json: () => Promise.resolve({ items: [] }) } as unknown as Api;
  const findings = await gatherHealth({ config: new KubeConfig(), api, proxy });
  const found = findings.filter(({ text }) => text.includes("is not the policy"));
  assert.deepEqual(
    found.map(({ subject, level }) => [subject, level]),
    [["policy", "error"]],
  );
});

it("the stub domain is proven, or was, or is not", () => {
  const anchor = (status: object) => ({
    metadata: {
      namespace: "n",
      name: "a",
      annotations: {
        "k8s-egress/status": JSON.stringify({
          message: "m",
          specHash: "1",
          since: "2027-01-01T00:00:00Z",
          ...status,
        }),
      },
    },
  });
  const level = (status: object) => checkStubDomain("kube-system/coredns", anchor(status), NOW)[0]!.level;
  assert.equal(level({ state: "serving", lastProof: "2027-01-01T11:58:00Z" }), "ok");
  assert.equal(level({ state: "serving", lastProof: "2027-01-01T11:00:00Z" }), "warning");
  assert.equal(level({ state: "degraded" }), "error");
  assert.equal(checkStubDomain("kube-system/coredns", undefined, NOW)[0]!.level, "error");
});

it("a stub domain that can't be looked at is a finding, and not none", async () => {
  const api = {
    json: ({ resource }: Reading) =>
      resource === "deployments.apps"
        ? Promise.reject(new ClusterError("A right is missing."))
        : Promise.resolve({ items: [] }),
  } as unknown as Api;
  const proxy = { namespace: "egress", name: "egress", selector: {}, args: [], replicas: 2, policy: "p" };
  const findings = await gatherHealth({ config: new KubeConfig(), api, proxy });
  const stubDomain = findings.find(({ subject }) => subject === "stub domain");
  assert.deepEqual([stubDomain?.level, stubDomain?.text], ["warning", "not checked: A right is missing."]);
});

it("certificates expire, by the earliest that a pod saw", () => {
  const seen = (days: number) => new Map([[`x{upstream="a.com"}`, NOW / 1_000 + days * 86_400 + 60]]);
  const level = (...days: number[]) => checkCertificates(days.map(seen), NOW)[0]!;
  assert.equal(level(90, 91).level, "ok");
  assert.match(level(90, 3).text, /a\.com expires in 3 days/);
  assert.match(level(-2).text, /a\.com has expired/);
  assert.match(level().text, /none seen yet/);
});

it("a clock may be some seconds off, not minutes", () => {
  assert.equal(checkClocks([{ pod: "a", time: NOW + 3_000, here: NOW }])[0]!.level, "ok");
  assert.match(checkClocks([{ pod: "a", time: NOW - 90_000, here: NOW }])[0]!.text, /^pod a is 90 s behind/);
});
