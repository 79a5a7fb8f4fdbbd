import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ApiError, type ConfigMapPatch } from "../../proxy-image/src/stubdomain/cluster/cluster";
import { stubBlock } from "../../proxy-image/src/contract/stub-domain/block";
import { apply, type Cluster } from "../cluster";
import { type ClusterInUse, useCluster } from "../cluster/shared";
import { COREFILES } from "../stubdomain/corefiles";
import { realScene, removeScenes, roles, target, type RealScene } from "../stubdomain/real-scene";
import { until } from "./support/wait";

/** With somebody else's stub domain and a reverse zone, which are nobody's but theirs. */
const OTHERS = `${COREFILES.kubeadm!}consul.local:53 {
    errors
    cache 30
    forward . 10.150.0.1
}
10.0.0.0/8 {
    forward . 10.150.0.2
}
`;

let inUse: ClusterInUse | undefined;
let real: Cluster;
before(async () => {
  inUse = await useCluster();
  real = inUse.cluster;
});
after(async () => {
  await removeScenes(real);
  await inUse?.release();
});

/** A scene whose policy is in force. */
async function guarded(corefile = OTHERS): Promise<RealScene> {
  const scene = await realScene(real);
  await scene.kubectl(["create", "-f", "-"], target(scene.spec, ""));
  let count = 0;
  await until("the policy to be in force", async () => (await attempt(scene, `${count++}`)) !== undefined);
  await scene.kubectl(["replace", "-f", "-"], target(scene.spec, corefile));
  return scene;
}

/** As the controller's account; returns why it was refused. Without the version, so that it is no conflict. */
async function attempt(
  { cluster, admin, spec }: RealScene,
  corefile: string | null,
  more: Partial<ConfigMapPatch["metadata"]> = {},
): Promise<string | undefined> {
  const { resourceVersion } = (await admin.configMap(spec.target))!.metadata;
  const patch = { metadata: { resourceVersion, ...more }, data: { Corefile: corefile } } as ConfigMapPatch;
  try {
    await cluster.patchConfigMap(spec.target, patch);
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError) || error.isConflict) throw error;
    return error.message;
  }
}

const REFUSED = /denied request: this account may change nothing in the Corefile of .*egress\.local/;

describe("the controller's account, under its admission policy", () => {
  const own = ({ spec }: RealScene, domain = spec.domain, port?: number) =>
    `\n${stubBlock({ domain, port: port ?? 53, forwardTo: "10.96.3.4", marker: `${spec.anchor.namespace}/${spec.anchor.name}` })}`;

  const refusedInserts: [name: string, edit: (corefile: string, block: string) => string][] = [
    ["empties the Corefile", () => ""],
    ["takes the default block", (text) => text.replace(".:53 {", "x.example:53 {")],
    [
      "takes the cluster domain",
      (text, block) => text + block.replace("egress.local:53", "cluster.local:53"),
    ],
    ["takes all names", (text, block) => text + block.replace("egress.local:53", ".:53")],
    ["takes a reverse zone", (text, block) => text + block.replace("egress.local:53", "10.in-addr.arpa:53")],
    ["takes another name", (text, block) => text + block.replace("egress.local:53", "bank.example:53")],
    [
      "takes a second name",
      (text, block) => text + block.replace("egress.local:53", "egress.local:53 bank.example"),
    ],
    ["takes a name below", (text, block) => text + block.replace("egress.local:53", "a.egress.local:53")],
    [
      "adds another plugin to its block",
      (text, block) => text + block.replace("  errors\n", "  errors\n  log\n"),
    ],
    [
      "adds a plugin by the way of bind",
      (text, block) =>
        text + block.replace("  errors\n", "  bind lo }\n  hosts {\n  1.2.3.4 x\n  }\n  errors\n"),
    ],
    ["forwards to a file", (text, block) => text + block.replace("10.96.3.4", "/etc/resolv.conf")],
    [
      "writes under another's mark",
      (text, block) => text + block.replace("egress ", "egress kube-system/x "),
    ],
    [
      "changes others' text beside its block",
      (text, block) => text.replace("lameduck 5s", "lameduck 9s") + block,
    ],
    ["joins others' lines", (text, block) => text.replace("ready\n", "ready ") + block],
    ["changes white space in others' text", (text, block) => text.replace("    errors", "  errors") + block],
    ["puts its block first", (text, block) => block + text],
    ["puts its block twice", (text, block) => text + block + block],
    ["redirects another's stub domain", (text) => text.replace("10.150.0.1", "10.66.6.6")],
    ["takes another's stub domain out", (text) => text.replace(/consul[^}]*}\n/, "")],
    ["adds a file that is imported", (text) => `${text}import /tmp/x\n`],
    ["adds a comment", (text) => `${text}# x\n`],
  ];

  it("can't do anything else to the Corefile than add its own block", async () => {
    const scene = await guarded();
    const block = own(scene);
    for (const [name, edit] of refusedInserts) {
      assert.match((await attempt(scene, edit(OTHERS, block))) ?? "was allowed", REFUSED, name);
    }
    assert.match((await attempt(scene, null)) ?? "was allowed", /denied request/);
    assert.equal(await scene.corefile(), OTHERS);
    assert.equal(await attempt(scene, OTHERS + block), undefined);

    // Nor anything else than taking that one out again.
    const refusedRemovals: [name: string, edit: (corefile: string) => string][] = [
      [
        "with the line before",
        (text) => text.replace(/\}\n\n# managed/, "\n# managed").replace(block.slice(1), ""),
      ],
      ["with the block before", (text) => text.replace(block, "").replace(/10\.0\.0\.0\/8 [^}]*}\n/, "")],
      ["with others' changes", (text) => text.replace(block, "").replace("lameduck 5s", "lameduck 9s")],
      ["in part", (text) => text.replace("    serve_stale 1h verify\n", "")],
      ["for another name", (text) => text.replace("egress.local:53 {", "bank.example:53 {")],
      ["and emptied", () => ""],
    ];
    for (const [name, edit] of refusedRemovals) {
      assert.match((await attempt(scene, edit(OTHERS + block))) ?? "was allowed", REFUSED, name);
    }
    assert.equal(await attempt(scene, OTHERS), undefined);
  });

  const allowed: [name: string, before: (block: string) => string, after: (block: string) => string][] = [
    ["no line break at the end", (block) => `.:53 {\n reload\n}${block}`, () => ".:53 {\n reload\n}"],
    [
      "formatted anew",
      (block) =>
        `${OTHERS}${block.replace(/#.*\n/, "").trim().replaceAll(/\n */g, "\r\n\t")}\r\nz.example {\n errors\n}\n`,
      () => `${OTHERS}z.example {\n errors\n}\n`,
    ],
    [
      "another's block below",
      (block) => `${OTHERS}${block}z.example {\n}\n`,
      () => `${OTHERS}z.example {\n}\n`,
    ],
    ["another's comment behind", (block) => `${OTHERS}${block.trimEnd()} # z\n`, () => `${OTHERS} # z\n`],
    [
      "as older versions wrote it",
      (block) => OTHERS + block.replace(/ \{\n {4}.*\n {2}\}/g, ""),
      () => OTHERS,
    ],
    [
      "another address, port and bind",
      (block) => OTHERS + block,
      (block) =>
        OTHERS +
        block
          .replace("10.96.3.4", "fd00::9")
          .replace(":53 {\n", ':1053 {\n  bind eth0 "{$IP}" {\n    except 127.0.0.1 ::1\n  }\n  bind lo\n'),
    ],
    [
      "another domain of before, by our mark",
      (block) => OTHERS + block.replace("egress.local", "old.example"),
      (block) => OTHERS + block,
    ],
  ];
  it("takes its block out of, or changes it in, whatever text it is in", async () => {
    const scene = await guarded();
    const block = own(scene);
    for (const [name, earlier, later] of allowed) {
      await scene.kubectl(["replace", "-f", "-"], target(scene.spec, earlier(block)));
      assert.equal(await attempt(scene, later(block)), undefined, name);
    }
  });

  it("can't take out a block for another name that bears no mark, or another's", async () => {
    const scene = await guarded();
    const block = own(scene, "old.example");
    for (const text of [block.replace(/#.*\n/, ""), block.replace("/anchor", "/anchor-2")]) {
      await scene.kubectl(["replace", "-f", "-"], target(scene.spec, OTHERS + text));
      assert.match((await attempt(scene, OTHERS)) ?? "was allowed", REFUSED);
    }
  });

  it("can do so to a Corefile of 64 kB too, within the API server's limit of cost", async () => {
    const large =
      OTHERS + Array.from({ length: 1500 }, (_, at) => `# comment ${at} ${"x".repeat(34)}\n`).join("");
    assert.ok(large.length > 65_536);
    const scene = await guarded(large);
    assert.equal(await attempt(scene, large + own(scene)), undefined);
    assert.equal(await attempt(scene, large), undefined);
  });

  it("can't change anything else of that ConfigMap, other ConfigMaps, or its anchor's labels", async () => {
    const scene = await guarded();
    const { spec, cluster, admin } = scene;
    const denied = async (what: Promise<unknown>, expected: RegExp) =>
      assert.rejects(what, (error) => error instanceof ApiError && expected.test(error.message));
    const version = async (name: typeof spec.target) => ({
      resourceVersion: (await admin.configMap(name))!.metadata.resourceVersion!,
    });
    const patches: ((metadata: { resourceVersion: string }) => object)[] = [
      (metadata) => ({ metadata, data: { other: "x" } }),
      (metadata) => ({ metadata, binaryData: { other: "eA==" } }),
      (metadata) => ({ metadata, immutable: true }),
      (metadata) => ({ metadata: { ...metadata, labels: { a: "b" } } }),
      (metadata) => ({ metadata: { ...metadata, annotations: { a: "b" } } }),
      (metadata) => ({ metadata: { ...metadata, finalizers: ["a.example/b"] } }),
    ];
    for (const patch of patches) {
      const body = patch(await version(spec.target)) as ConfigMapPatch;
      await denied(
        cluster.patchConfigMap(spec.target, body),
        /may change nothing of .*\/coredns but its Corefile/,
      );
    }
    await scene.createAnchor();
    for (const more of [{ data: { a: "b" } }, { immutable: true }, { metadata: { labels: { a: "b" } } }]) {
      const metadata = { ...(await version(spec.anchor)), ...(more as { metadata?: object }).metadata };
      const body = { ...more, metadata } as ConfigMapPatch;
      await denied(cluster.patchConfigMap(spec.anchor, body), /may change nothing of its anchor/);
    }
    // Whatever roles somebody gives it by mistake.
    const tenant = `${spec.anchor.namespace}-tenant`;
    const alike = { ...spec, target: { namespace: tenant, name: "coredns" } };
    await apply(real, [{ apiVersion: "v1", kind: "Namespace", metadata: { name: tenant } }]);
    try {
      await apply(
        real,
        roles(alike).filter(
          (role) => (role as { metadata: { namespace: string } }).metadata.namespace === tenant,
        ),
      );
      await scene.kubectl(["create", "-f", "-"], target(alike, OTHERS));
      const body = { metadata: await version(alike.target), data: { Corefile: OTHERS + own(scene) } };
      await until("its role there", async () => {
        const message = await cluster.patchConfigMap(alike.target, body).then(
          () => "was allowed",
          (error: unknown) => (error as Error).message,
        );
        return message.includes("this account may only change the ConfigMaps");
      });
      assert.equal((await admin.configMap(alike.target))?.data?.Corefile, OTHERS);
      // The policy is about the controller's account: a tenant's own ConfigMap is the tenant's.
      await scene.kubectl(["replace", "-f", "-"], target(alike, ""));
    } finally {
      await scene.kubectl(["delete", "namespace", tenant, "--wait=false"]);
    }
  });
});
