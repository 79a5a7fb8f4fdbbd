import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { programOf } from "../../proxy-image/program.mjs";
import {
  ANCHOR_LABEL,
  ANCHOR_LABEL_VALUE,
  APPLIED_ANNOTATION,
} from "../../proxy-image/src/contract/stub-domain/anchor";
import { nameText } from "../../proxy-image/src/stubdomain/cluster/cluster";
import { PROBE_LABEL } from "../../proxy-image/src/contract/stub-domain/probe";
import type { Spec } from "../../proxy-image/src/contract/stub-domain/spec";
import { apply, kubectl, type Cluster } from "../cluster";
import { roles } from "../stubdomain/real-scene";
import { type ClusterInUse, useCluster } from "../cluster/shared";

const TARGET = { namespace: "kube-system", name: "coredns" };

/** Unpacks the controller, which is too large for a ConfigMap as it is, and becomes it. */
const START = `
  const { readFileSync, writeFileSync } = require("node:fs");
  const code = require("node:zlib").gunzipSync(readFileSync("/code/stub-domain.js.gz"));
  writeFileSync("/tmp/stub-domain.js", code);
  process.argv.splice(1, 0, "/tmp/stub-domain.js");
  require("/tmp/stub-domain.js");
`;

let inUse: ClusterInUse | undefined;
let real: Cluster;
let code: string;
const namespaces: string[] = [];
const run = (...args: string[]) => kubectl(real, args);
const json = async <T>(...args: string[]) => JSON.parse(await run(...args, "-o", "json")) as T;

before(async () => {
  inUse = await useCluster();
  real = inUse.cluster;
  const program = await programOf(join(__dirname, "../../proxy-image/src/stubdomain/main.ts"));
  code = (await promisify(gzip)(program)).toString("base64");
});
after(async () => {
  if (namespaces.length > 0) await run("delete", "namespace", "--wait=false", ...namespaces);
  await inUse?.release();
});

/** The cluster's own Corefile and its owners, byte for byte. */
async function clusterDns() {
  const { data, metadata } = await json<{
    data: { Corefile: string };
    metadata: { managedFields: unknown; resourceVersion: string };
  }>("get", "configmap", TARGET.name, "-n", TARGET.namespace, "--show-managed-fields");
  return {
    corefile: data.Corefile,
    managedFields: JSON.stringify(metadata.managedFields),
    version: metadata.resourceVersion,
  };
}

/** Namespaces, a DNS server for the domain, and what the component creates around the controller. */
async function scene(domain: string, { dnsServes = true, proofTimeout = 240 } = {}) {
  const prefix = `stub-real-${randomBytes(3).toString("hex")}`;
  const spec: Spec = {
    domain,
    dnsService: { namespace: `${prefix}-dns`, name: "egress-dns" },
    clusterDomain: "cluster.local",
    target: TARGET,
    anchor: { namespace: `${prefix}-stub`, name: "kube-system-coredns" },
    specHash: randomBytes(8).toString("hex"),
    proofTimeoutMs: proofTimeout * 1000,
  };
  const own = [spec.dnsService.namespace, spec.anchor.namespace];
  namespaces.push(...own);
  await apply(
    real,
    own.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
  );
  await apply(real, [...dnsServer(spec, dnsServes), ...controller(spec, prefix, proofTimeout)]);
  if (dnsServes)
    await run(
      "rollout",
      "status",
      "deployment/egress-dns",
      "-n",
      spec.dnsService.namespace,
      "--timeout=120s",
    );
  return spec;
}

function dnsServer({ dnsService, domain }: Spec, serves: boolean): object[] {
  const { namespace, name } = dnsService;
  const labels = { app: name };
  const mname = `${name}.${namespace}.svc.cluster.local.`;
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: dnsService,
      spec: {
        selector: labels,
        ports: [
          { name: "dns", port: 53, protocol: "UDP" },
          { name: "dns-tcp", port: 53, protocol: "TCP" },
        ],
      },
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: dnsService,
      data: {
        Corefile: `${domain}:53 {\n  file /etc/coredns/zone\n}\n.:53 {\n  forward . /etc/resolv.conf\n}\n`,
        zone: `$ORIGIN ${domain}.\n@ 5 IN SOA ${mname} hostmaster.${domain}. 1 3600 600 86400 5\n@ 5 IN NS ${mname}\n${PROBE_LABEL} 5 IN CNAME ${mname}\nlisted 5 IN A 192.0.2.1\n`,
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: dnsService,
      spec: {
        replicas: serves ? 1 : 0,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 0,
            containers: [
              {
                name,
                image: real.images.coredns,
                args: ["-conf", "/etc/coredns/Corefile"],
                volumeMounts: [{ name: "config", mountPath: "/etc/coredns" }],
              },
            ],
            volumes: [{ name: "config", configMap: { name } }],
          },
        },
      },
    },
  ];
}

function controller(spec: Spec, prefix: string, proofTimeout: number): object[] {
  const { namespace } = spec.anchor;
  const metadata = { name: "controller", namespace };
  const labels = { app: prefix };
  const args = [
    `--domain=${spec.domain}`,
    `--dns-service=${nameText(spec.dnsService)}`,
    `--cluster-domain=${spec.clusterDomain}`,
    `--target=${nameText(TARGET)}`,
    `--anchor=${nameText(spec.anchor)}`,
    `--spec-hash=${spec.specHash}`,
    `--proof-timeout=${proofTimeout}`,
  ];
  // Two instances have roles of their own in the target's namespace.
  const granted = JSON.parse(
    JSON.stringify(roles(spec)).replaceAll(`stub-${spec.anchor.name}`, prefix),
  ) as object[];
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    ...granted,
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "code", namespace },
      binaryData: { "stub-domain.js.gz": code },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        strategy: { type: "Recreate" },
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: "controller",
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 65532,
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [
              {
                name: "controller",
                image: real.images.node,
                terminationMessagePolicy: "FallbackToLogsOnError",
                // After "--", so that the options are not taken for Node's.
                command: ["node", "-e", START, "--", ...args],
                securityContext: {
                  readOnlyRootFilesystem: true,
                  allowPrivilegeEscalation: false,
                  capabilities: { drop: ["ALL"] },
                },
                readinessProbe: { httpGet: { path: "/ready", port: 8081 }, periodSeconds: 1 },
                livenessProbe: { httpGet: { path: "/live", port: 8081 } },
                volumeMounts: [
                  { name: "code", mountPath: "/code" },
                  { name: "tmp", mountPath: "/tmp" },
                ],
              },
            ],
            volumes: [
              { name: "code", configMap: { name: "code" } },
              { name: "tmp", emptyDir: {} },
            ],
          },
        },
      },
    },
  ];
}

const rolledOut = ({ anchor }: Spec) =>
  run("rollout", "status", "deployment/controller", "-n", anchor.namespace, "--timeout=120s");
const createAnchor = ({ anchor }: Spec) =>
  apply(
    real,
    [
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { ...anchor, labels: { [ANCHOR_LABEL]: ANCHOR_LABEL_VALUE } },
      },
    ],
    "pulumi",
  );
const deleteAnchor = ({ anchor }: Spec) =>
  run("delete", "configmap", anchor.name, "-n", anchor.namespace, "--timeout=60s");

interface Pod {
  status: {
    containerStatuses?: Record<
      "state" | "lastState",
      { terminated?: { exitCode: number; message?: string } }
    >[];
  };
}

/** What the container that failed said last, as `kubectl describe` shows it. */
async function lastWords({ anchor }: Spec): Promise<string> {
  for (let attempt = 0; attempt < 240; attempt++) {
    const { items } = await json<{ items: Pod[] }>("get", "pods", "-n", anchor.namespace);
    const [container] = items.flatMap(({ status }) => status.containerStatuses ?? []);
    const ended = container?.state.terminated ?? container?.lastState.terminated;
    if (ended?.message !== undefined && ended.exitCode === 1) return ended.message.trimEnd();
    await sleep(500);
  }
  throw new Error("the controller did not exit");
}

/** From a pod, by the resolver of pods: rcode names as Node has them. */
async function resolve({ anchor }: Spec, name: string, type: string): Promise<string> {
  const script = `new (require("node:dns").promises.Resolver)().resolve(${JSON.stringify(name)}, "${type}").then((answer) => console.log(JSON.stringify(answer)), (error) => console.log(error.code))`;
  return (
    await run("exec", "deployment/controller", "-n", anchor.namespace, "--", "node", "-e", script)
  ).trim();
}

describe("the stub domain's controller in a real cluster", () => {
  it("installs, serves, heals, and leaves the cluster's DNS byte for byte as it was", async () => {
    const untouched = await clusterDns();
    const spec = await scene("egress.local");
    await rolledOut(spec);
    assert.equal(
      (await clusterDns()).version,
      untouched.version,
      "nothing is written before the anchor is there",
    );
    assert.equal(await resolve(spec, "listed.egress.local", "A"), "ENOTFOUND");

    await createAnchor(spec);
    const applied = `jsonpath={.metadata.annotations['${APPLIED_ANNOTATION}']}=${spec.specHash}`;
    const wait = () =>
      run(
        "wait",
        `--for=${applied}`,
        "configmap",
        spec.anchor.name,
        "-n",
        spec.anchor.namespace,
        "--timeout=240s",
      );
    await wait();
    assert.equal(await resolve(spec, "listed.egress.local", "A"), '["192.0.2.1"]');
    assert.equal(await resolve(spec, "unlisted.egress.local", "A"), "ENOTFOUND");
    assert.match(await resolve(spec, "kubernetes.default.svc.cluster.local", "A"), /10\.96\.0\.1/);

    const metrics = await run(
      "exec",
      "deployment/controller",
      "-n",
      spec.anchor.namespace,
      "--",
      "node",
      "-e",
      'fetch("http://127.0.0.1:8081/metrics").then((answer) => answer.text()).then(console.log)',
    );
    assert.match(metrics, /k8s_egress_stub_domain_state\{state="serving"\} 1/);

    // Somebody applies the addon again.
    const addon = JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: TARGET,
      data: { Corefile: untouched.corefile },
    });
    await kubectl(
      real,
      ["apply", "--server-side", "--field-manager=cluster-addons", "--force-conflicts", "-f", "-"],
      addon,
    );
    const overwritten = await clusterDns();
    for (let attempt = 0; !(await clusterDns()).corefile.includes("egress.local:53"); attempt++) {
      assert.ok(attempt < 60, "the block comes back");
      await sleep(500);
    }
    await wait();

    await deleteAnchor(spec);
    const left = await clusterDns();
    assert.equal(left.corefile, untouched.corefile);
    assert.equal(left.managedFields, overwritten.managedFields);
  });

  it("exits with the reason before it is ready when somebody else serves the zone", async () => {
    const untouched = await clusterDns();
    const spec = await scene("cluster.local");
    assert.match(
      await lastWords(spec),
      /stub domain cluster\.local: the cluster's DNS answers for cluster\.local already.*"ns\.dns\.cluster\.local\."\. If .*otherwise choose another domain$/,
    );
    assert.deepEqual(await clusterDns(), untouched);
  });

  it("takes it back when it does not serve, exits with the reason, and does not write again at once", async () => {
    const untouched = await clusterDns();
    const spec = await scene("dead.local", { dnsServes: false, proofTimeout: 5 });
    await rolledOut(spec);
    await createAnchor(spec);
    assert.match(
      await lastWords(spec),
      /stub domain dead\.local: the cluster's DNS does not serve dead\.local from .*not tried again before [^\n]*$/,
    );
    const reverted = await clusterDns();
    assert.deepEqual({ ...reverted, version: "" }, { ...untouched, version: "" });
    await sleep(20_000);
    assert.equal((await clusterDns()).version, reverted.version);
    await deleteAnchor(spec);
  });
});
