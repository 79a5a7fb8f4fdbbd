import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { EgressLockdown, type EgressLockdownArgs, EgressProxy } from "../../index";
import type { Cluster } from "../cluster";
import { sharedCluster } from "../cluster/shared";
import { type Kubectl, kubectlFor } from "../harness/kubernetes";
import { runProgram } from "../harness/monitor";
import { Stack } from "../harness/stack";
import { installGatewayCrds, removeGatewayCrds } from "./support/gateway-crds";
import { installLinkerdCrds, removeLinkerdCrds } from "./support/linkerd-crds";
import {
  INIT,
  injected,
  notInjected,
  type PodTemplate,
  SIDECAR,
  withAnnotation,
  withContainer,
  withInit,
  withSpec,
} from "./support/pods-under-lockdown";
import { until } from "./support/wait";

const LOCKED = "locked-shop";
const OPEN = "open-shop";
const PROXY = "lockdown-egress";

const HOST_NETWORK = withSpec({ hostNetwork: true });

describe("an EgressLockdown on a real API server", { timeout: 300_000 }, () => {
  const shared = sharedCluster();
  let cluster: Cluster;
  let kubectl: Kubectl;
  let stack: Stack;

  before(async () => {
    cluster = shared();
    kubectl = kubectlFor(cluster.kubectl, cluster.kubeconfig);
    stack = new Stack({ kubectl, dockerHost: cluster.dockerHost });
    await Promise.all([installLinkerdCrds(cluster), installGatewayCrds(cluster)]);
    for (const namespace of [LOCKED, OPEN, PROXY]) await kubectl(["create", "namespace", namespace]);
  });
  after(async () => {
    await stack.destroy();
    await kubectl(["delete", "namespace", LOCKED, OPEN, PROXY, "--ignore-not-found", "--timeout=120s"]);
    await Promise.all([removeLinkerdCrds(cluster), removeGatewayCrds(cluster)]);
  });

  const up = (more: Partial<EgressLockdownArgs> = {}) =>
    stack.up(
      () =>
        new EgressLockdown("lockdown", {
          namespaces: [LOCKED],
          proxyNamespace: PROXY,
          destinations: [{ cidr: "10.0.0.1/32", ports: [6443] }],
          ...more,
        }).namespaces,
    );

  const create = (kind: "Pod" | "Deployment", object: object, namespace: string, ...flags: string[]) =>
    kubectl(
      ["create", "-n", namespace, "-f", "-", ...flags],
      JSON.stringify({ apiVersion: kind === "Pod" ? "v1" : "apps/v1", kind, ...object }),
    );

  /** Asks the API server what it would do, and changes nothing. */
  const ask = (pod: PodTemplate, namespace = LOCKED, ...flags: string[]) =>
    create(
      "Pod",
      { ...pod, metadata: { ...pod.metadata, name: "asked" } },
      namespace,
      "--dry-run=server",
      ...flags,
    );

  /** Policies take effect when every API server has heard of them. */
  const untilRefused = (pod: PodTemplate, reason: RegExp) =>
    until(`a refusal of ${reason.source}`, () =>
      ask(pod).then(
        () => false,
        (error: unknown) => reason.test(String(error)),
      ),
    );

  describe("enforced", () => {
    before(async () => {
      await create("Pod", { ...HOST_NETWORK, metadata: { name: "older" } }, LOCKED);
      await up();
      await untilRefused(HOST_NETWORK, /hostNetwork is not allowed/);
    });

    for (const [what, pod] of [
      ["an injected pod", injected()],
      ["a pod with a native sidecar", injected({ native: true })],
      ["another user than the sidecar's", withContainer({ securityContext: { runAsUser: 1000 } })],
      [
        "harmless capabilities",
        withContainer({ securityContext: { capabilities: { add: ["NET_BIND_SERVICE"] } } }),
      ],
      ["other annotations of Linkerd's", withAnnotation("config.linkerd.io/opaque-ports", "5432")],
    ] as const) {
      it(`accepts ${what}`, async () => {
        await ask(pod);
      });
    }

    for (const [what, pod, reason] of [
      ["hostNetwork", HOST_NETWORK, /hostNetwork is not allowed/],
      [
        "a privileged container",
        withContainer({ securityContext: { privileged: true } }),
        /privileged containers are not allowed/,
      ],
      [
        "a privileged init container",
        withInit({ securityContext: { privileged: true } }),
        /privileged containers are not allowed/,
      ],
      ...["NET_ADMIN", "net_admin", "CAP_NET_ADMIN", "ALL", "SYS_ADMIN"].map(
        (name) =>
          [
            `the capability ${name}`,
            withContainer({ securityContext: { capabilities: { add: [name] } } }),
            /capabilities NET_ADMIN, SYS_ADMIN and ALL are not allowed/,
          ] as const,
      ),
      [
        "linkerd-init's capabilities in an ordinary container of that name",
        withSpec({ containers: [INIT, SIDECAR], initContainers: [] }),
        /capabilities NET_ADMIN/,
      ],
      [
        "the sidecar's user for a pod",
        withSpec({ securityContext: { runAsUser: 2102 } }),
        /user 2102 is not allowed/,
      ],
      [
        "the sidecar's user for a container",
        withContainer({ securityContext: { runAsUser: 2102 } }),
        /user 2102 is not allowed/,
      ],
      [
        "the sidecar's user for an init container",
        withInit({ securityContext: { runAsUser: 2102 } }),
        /user 2102 is not allowed/,
      ],
      ["a pod without a sidecar", notInjected(), /pods without Linkerd's sidecar/],
      [
        "a pod that the injector's webhook does not select",
        notInjected({ "linkerd.io/control-plane-component": "x" }),
        /pods without Linkerd's sidecar/,
      ],
      [
        "a sidecar in name that ends before the application begins",
        { ...notInjected(), spec: { ...notInjected().spec, initContainers: [SIDECAR] } },
        /pods without Linkerd's sidecar/,
      ],
      ["inject: disabled", withAnnotation("linkerd.io/inject", "disabled"), /can only be "enabled"/],
      ["inject: ingress", withAnnotation("linkerd.io/inject", "ingress"), /can only be "enabled"/],
      ...[
        "skip-outbound-ports",
        "skip-subnets",
        "proxy-uid",
        "proxy-gid",
        "proxy-image",
        "proxy-version",
        "proxy-additional-env",
      ].map(
        (name) =>
          [
            `the annotation ${name}`,
            withAnnotation(`config.linkerd.io/${name}`, "1"),
            /annotations that change what passes the sidecar are not allowed/,
          ] as const,
      ),
    ] as readonly (readonly [string, PodTemplate, RegExp])[]) {
      it(`refuses ${what}, and only in its namespaces`, async () => {
        await assert.rejects(ask(pod), reason);
        await ask(pod, OPEN);
      });
    }

    it("refuses a Deployment's pods, whose ReplicaSet says why", async () => {
      const selector = { matchLabels: { app: "app" } };
      await create(
        "Deployment",
        { metadata: { name: "bypass" }, spec: { replicas: 1, selector, template: HOST_NETWORK } },
        LOCKED,
      );
      await until("the Deployment's condition", async () => {
        const path = `{.status.conditions[?(@.type=="ReplicaFailure")].message}`;
        const message = await kubectl([
          "get",
          "deployment",
          "bypass",
          "-n",
          LOCKED,
          "-o",
          `jsonpath=${path}`,
        ]);
        return message.includes("hostNetwork is not allowed");
      });
      await kubectl(["delete", "deployment", "bypass", "-n", LOCKED]);
    });

    it("refuses debug containers that would get around it, and accepts others", async () => {
      await create("Pod", { ...injected(), metadata: { name: "debugged" } }, LOCKED);
      const path = `/api/v1/namespaces/${LOCKED}/pods/debugged`;
      const debug = async (securityContext: object) => {
        const pod = JSON.parse(await kubectl(["get", "--raw", path])) as { metadata: object; spec: object };
        const ephemeralContainers = [{ name: "debug", image: "app.invalid/debug:1", securityContext }];
        await kubectl(
          ["replace", "--raw", `${path}/ephemeralcontainers?dryRun=All`, "-f", "-"],
          JSON.stringify({
            ...pod,
            // The kubelet writes to it as well; without a version there is nothing to be in conflict with.
            metadata: { ...pod.metadata, resourceVersion: undefined },
            spec: { ...pod.spec, ephemeralContainers },
          }),
        );
      };
      await assert.rejects(debug({ runAsUser: 2102 }), /user 2102 is not allowed/);
      await assert.rejects(debug({ privileged: true }), /privileged containers are not allowed/);
      await assert.rejects(debug({ capabilities: { add: ["NET_ADMIN"] } }), /capabilities NET_ADMIN/);
      await debug({ runAsUser: 1000 });
      await kubectl(["delete", "pod", "debugged", "-n", LOCKED, "--grace-period=0", "--force"]);
    });

    it("refuses annotations on its namespaces that their pods would inherit", async () => {
      const annotate = (namespace: string, annotation: string) =>
        kubectl(["annotate", "namespace", namespace, annotation, "--overwrite", "--dry-run=server"]);
      for (const annotation of ["config.linkerd.io/skip-outbound-ports=443", "linkerd.io/inject=disabled"]) {
        await assert.rejects(annotate(LOCKED, annotation), /under egress lockdown/);
        await annotate(OPEN, annotation);
      }
      await annotate(LOCKED, "linkerd.io/inject=enabled");
      await annotate(LOCKED, "config.linkerd.io/proxy-cpu-request=10m");
    });

    it("lets pods that were there before be changed and deleted", async () => {
      await kubectl(["label", "pod", "older", "-n", LOCKED, "still=here"]);
      await kubectl(["delete", "pod", "older", "-n", LOCKED, "--grace-period=0", "--force"]);
    });

    it("has expressions of the types that the API server knows", async () => {
      await until("the type check", async () =>
        (await policies()).every(({ status }) => status?.typeChecking),
      );
      for (const { metadata, status } of await policies())
        assert.deepEqual(status!.typeChecking!.expressionWarnings ?? [], [], metadata.name);
    });

    it("denies in its namespace, and allows its destinations", async () => {
      const line = `{range .items[*]}{.metadata.namespace} {.spec.trafficPolicy} {.spec.networks[*].cidr}{"\\n"}{end}`;
      const found = await kubectl(["get", "egressnetworks", "-A", "-o", `jsonpath=${line}`]);
      assert.deepEqual(
        found
          .trim()
          .split("\n")
          .map((one) => one.trim())
          .sort(),
        [`${LOCKED} Allow 10.0.0.1/32`, `${LOCKED} Deny`],
      );
      assert.equal(
        await kubectl(["get", "networkpolicies", "-n", LOCKED, "-o", "name"]),
        "networkpolicy.networking.k8s.io/lockdown\n",
      );
    });
  });

  describe("with settings of its own", () => {
    it("knows another sidecar's user and image", async () => {
      await up({ mesh: { proxyUid: 3000, proxyImage: "r.example.com/proxy" } });
      await untilRefused(injected(), /linkerd-proxy, image r\.example\.com\/proxy/);
      const right = { image: "r.example.com/proxy:edge", securityContext: { runAsUser: 3000 } };
      // The API server may still hold the policy before, whose sidecar is another.
      await until("the sidecar of these settings to be accepted", () =>
        ask(injected(right)).then(
          () => true,
          () => false,
        ),
      );
      await ask(injected({ ...right, image: `r.example.com/proxy@sha256:${"a".repeat(64)}` }));
      for (const wrong of [
        { image: "r.example.com/proxy-of-mine:1" },
        { command: ["sleep", "infinity"] },
        { args: ["--help"] },
        { securityContext: {} },
      ]) {
        for (const native of [true, false])
          await assert.rejects(
            ask(injected({ ...right, ...wrong, native })),
            // The first reason that applies: a container that is no sidecar may not have its user either.
            /pods without Linkerd's sidecar|user 3000 is not allowed/,
          );
      }
      await assert.rejects(ask(withContainer({ securityContext: { runAsUser: 3000 } })), /user 3000/);
    });

    it("asks for no sidecar where there is no mesh", async () => {
      await up({ mesh: { enabled: false } });
      await until("pods without sidecar to be accepted", () =>
        ask(notInjected()).then(
          () => true,
          () => false,
        ),
      );
      await assert.rejects(ask(HOST_NETWORK), /hostNetwork is not allowed/);
    });
  });

  describe("audited", () => {
    it("warns of what it would refuse, and accepts it", async () => {
      await up({ mode: "audit" });
      await until("a warning instead of a refusal", () =>
        ask(HOST_NETWORK).then(
          () => true,
          () => false,
        ),
      );
      for (const [pod, reason] of [
        [HOST_NETWORK, /hostNetwork is not allowed/],
        [notInjected(), /pods without Linkerd's sidecar/],
      ] as const) {
        await assert.rejects(ask(pod, LOCKED, "--warnings-as-errors"), /1 warning received/);
        assert.match(await ask(pod), /pod\/asked created \(server dry run\)/, reason.source);
      }
      await ask(injected(), LOCKED, "--warnings-as-errors");
    });

    it("has a TLSRoute for its EgressNetwork, as the Gateway API's schema has it", async () => {
      const line = `{range .items[*]}{.metadata.namespace} {.spec.parentRefs[*].kind} {.spec.parentRefs[*].port}{end}`;
      const found = await kubectl(["get", "tlsroutes", "-A", "-o", `jsonpath=${line}`]);
      assert.equal(found, `${LOCKED} EgressNetwork 443`);
    });

    it("counts it in the API server's metrics", async () => {
      const counted = await kubectl(["get", "--raw", "/metrics"]);
      assert.match(
        counted,
        /^apiserver_validating_admission_policy_check_total\{enforcement_action="(audit|warn)",[^}]*policy="lockdown-pods[^}]*\} [1-9]/m,
      );
    });

    it("tells what it would refuse of the pods that there are, and blocks nothing", async () => {
      await create("Pod", { ...HOST_NETWORK, metadata: { name: "there" } }, LOCKED);
      const list = JSON.parse(await kubectl(["get", "pods", "-n", LOCKED, "-o", "json"])) as {
        items: { metadata: { name: string; labels?: object; annotations?: object } }[];
      };
      // docs/lockdown.md, with jq.
      for (const item of list.items) {
        const { name, labels, annotations } = item.metadata;
        item.metadata = { name: `${name}-asked`, labels, annotations };
      }
      const asked = kubectl(
        ["create", "-n", LOCKED, "--dry-run=server", "--warnings-as-errors", "-f", "-"],
        JSON.stringify(list),
      );
      await assert.rejects(asked, /hostNetwork is not allowed.*1 warning received/s);
      await kubectl(["delete", "pod", "there", "-n", LOCKED, "--grace-period=0", "--force"]);
      assert.equal(await kubectl(["get", "networkpolicies", "-n", LOCKED, "-o", "name"]), "");
    });
  });

  it("leaves nothing behind", async () => {
    await stack.destroy();
    const remains =
      "networkpolicies,egressnetworks,tlsroutes,validatingadmissionpolicies,validatingadmissionpolicybindings";
    const selector = "--selector=app.kubernetes.io/part-of=k8s-egress";
    assert.equal(await kubectl(["get", remains, "--all-namespaces", selector, "-o", "name"]), "");
  });

  it("is what examples/lockdown makes, in audit and enforced", async () => {
    const example = new Stack({ kubectl, dockerHost: cluster.dockerHost }, "k8s-egress-lockdown");
    const deploy = (mode: string) =>
      example.up(() => {
        const settings = { namespace: "example-shop", proxyNamespace: PROXY, mode };
        for (const [key, value] of Object.entries(settings))
          pulumi.runtime.setConfig(`k8s-egress-lockdown:${key}`, value);
        return load("../../examples/lockdown/index");
      });
    try {
      const { result } = await deploy("audit");
      assert.deepEqual(result, {
        namespaces: ["example-shop"],
        github: "http://api.github.com.egress.local",
      });
      const { changes } = await deploy("enforce");
      // The harness names by content what Pulumi names once, so to it a changed binding is another.
      const created = changes.created.filter((key) => !key.startsWith("ValidatingAdmissionPolicyBinding"));
      assert.deepEqual(created, ["NetworkPolicy example-shop/lockdown"]);
    } finally {
      await example.destroy();
    }
  });

  it("accepts the NetworkPolicies around an EgressProxy, whatever its upstreams allow", async () => {
    const { resources } = await runProgram(() => {
      new EgressProxy("egress", {
        namespace: PROXY,
        createNamespace: false,
        upstreams: [
          { host: "api.stripe.com" },
          { host: "a.example.net", port: 8443, allowedCidrs: ["10.20.1.1/16", "100.64.0.0/10"] },
          { host: "b.example.net", allowedCidrs: ["fc00::/7", "64:ff9b::/96", "192.0.0.0/24"] },
        ],
        image: `registry.example.com/egress@sha256:${"a".repeat(64)}`,
        dns: { controllerNamespace: PROXY },
        monitoring: { namespaces: ["monitoring"] },
        networkPolicies: {
          nodeCidrs: ["192.168.0.0/24", "fd00::/64"],
          apiServerCidrs: ["10.0.0.1/32"],
          dnsAddresses: ["169.254.20.10", "fd00::a"],
        },
      });
    });
    const policies = resources.filter(({ type }) => type.endsWith(":NetworkPolicy"));
    assert.equal(policies.length, 3);
    for (const { inputs } of policies)
      await kubectl(
        ["create", "--dry-run=server", "--warnings-as-errors", "-f", "-"],
        JSON.stringify(inputs),
      );
  });

  interface Policy {
    metadata: { name: string };
    status?: { typeChecking?: { expressionWarnings?: object[] } };
  }

  async function policies(): Promise<Policy[]> {
    const text = await kubectl(["get", "validatingadmissionpolicies", "-o", "json"]);
    const { items } = JSON.parse(text) as { items: Policy[] };
    assert.equal(items.length, 2);
    return items;
  }
});

/** A program runs by being loaded, each time. */
function load(path: string): unknown {
  const file = require.resolve(path);
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the only way to load it twice
  delete require.cache[file];
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(file);
}
