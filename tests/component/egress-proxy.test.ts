import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, it } from "node:test";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { echo, type Registered, runProgram } from "../harness/monitor";
import type { EgressProxyArgs } from "../../index";
import { EgressProxy } from "../../index";
import { joinPolicyFiles } from "../../proxy-image/src/contract/policy/files";
import { stubBlock } from "../../proxy-image/src/contract/stub-domain/block";

const IMAGE = `registry.example.com/egress@sha256:${"a".repeat(64)}`;
const args: EgressProxyArgs = {
  upstreams: [{ host: "api.stripe.com" }, { host: "*.ingest.sentry.io" }],
  image: IMAGE,
};

interface Pod {
  serviceAccountName: string;
  automountServiceAccountToken: boolean;
  enableServiceLinks: boolean;
  terminationGracePeriodSeconds: number;
  imagePullSecrets?: unknown;
  topologySpreadConstraints: { whenUnsatisfiable: string }[];
  securityContext: Record<string, unknown>;
  containers: {
    image: string;
    args: string[];
    ports: { name: string; containerPort: number }[];
    securityContext: Record<string, unknown>;
    resources: { requests: object; limits: object };
    readinessProbe: object;
    livenessProbe: object;
  }[];
  volumes?: {
    name: string;
    configMap: { name: string };
    projected?: { sources: { secret: { items: object[] } }[] };
  }[];
}

interface Inputs {
  metadata: {
    name: string;
    namespace?: string;
    labels: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: {
    replicas: number;
    selector: { matchLabels: object };
    template: { metadata: { labels: object; annotations: Record<string, string> }; spec: Pod };
    maxUnavailable: number;
    unhealthyPodEvictionPolicy: string;
    ports: Record<string, unknown>[];
  };
  data?: Record<string, string>;
  immutable?: boolean;
  rules?: { resources: string[]; resourceNames?: string[]; verbs: string[] }[];
  imageName?: string;
}

class Children {
  constructor(private readonly resources: Registered[]) {}

  names(): string[] {
    return this.resources.map(({ type, name }) => `${type} ${name}`).sort();
  }

  all(kind: string): Inputs[] {
    return this.resources
      .filter(({ type }) => type.endsWith(`:${kind}`))
      .map(({ inputs }) => inputs as unknown as Inputs);
  }

  one(kind: string, name: string): Inputs {
    const found = this.resources.find(
      (resource) => resource.type.endsWith(`:${kind}`) && resource.name === name,
    );
    assert.ok(found, `${kind} ${name} in ${this.names().join(", ")}`);
    return found.inputs as unknown as Inputs;
  }
}

async function children(more: Partial<EgressProxyArgs> = {}, name = "egress"): Promise<Children> {
  const { resources } = await runProgram(() => {
    new EgressProxy(name, { ...args, ...more });
  });
  return new Children(resources);
}

describe("EgressProxy's children", () => {
  // Type tokens and names are API: another name replaces a live object. A change here needs aliases.
  it("have frozen types and names", async () => {
    assert.deepEqual((await children()).names(), [
      "k8s-egress:index:EgressProxy egress",
      "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy egress-sidecar",
      "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy egress-stub-domain",
      "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding egress-sidecar",
      "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding egress-stub-domain",
      "kubernetes:apps/v1:Deployment egress-dns",
      "kubernetes:apps/v1:Deployment egress-proxy",
      "kubernetes:apps/v1:Deployment egress-stub-domain",
      "kubernetes:core/v1:ConfigMap egress-policy",
      "kubernetes:core/v1:ConfigMap egress-stub-domain",
      "kubernetes:core/v1:ConfigMap egress-stub-domain-removal-gate",
      "kubernetes:core/v1:ConfigMap egress-zone",
      "kubernetes:core/v1:Namespace egress-namespace",
      "kubernetes:core/v1:Namespace egress-stub-domain",
      "kubernetes:core/v1:Service egress-api-stripe-com",
      "kubernetes:core/v1:Service egress-dns",
      "kubernetes:core/v1:Service egress-wildcard---ingest-sentry-io",
      "kubernetes:core/v1:ServiceAccount egress-dns",
      "kubernetes:core/v1:ServiceAccount egress-proxy",
      "kubernetes:core/v1:ServiceAccount egress-stub-domain",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy egress-dns",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy egress-proxy",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy egress-stub-domain",
      "kubernetes:policy.linkerd.io/v1alpha1:EgressNetwork egress-proxy",
      "kubernetes:policy.linkerd.io/v1beta3:Server egress-proxy-server",
      "kubernetes:policy/v1:PodDisruptionBudget egress-dns",
      "kubernetes:policy/v1:PodDisruptionBudget egress-proxy",
      "kubernetes:rbac.authorization.k8s.io/v1:Role egress-stub-domain-anchor",
      "kubernetes:rbac.authorization.k8s.io/v1:Role egress-stub-domain-dns",
      "kubernetes:rbac.authorization.k8s.io/v1:Role egress-stub-domain-target",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding egress-stub-domain-anchor",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding egress-stub-domain-dns",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding egress-stub-domain-target",
    ]);
  });

  it("have a headless Service of the proxy's pods where an upstream may have private addresses", async () => {
    const own = (all: Children): string[] =>
      all
        .one("Deployment", "egress-proxy")
        .spec.template.spec.containers[0]!.args.filter((arg) => arg.startsWith("--own-service"));
    assert.deepEqual(own(await children()), []);
    const upstreams = [
      { host: "api.stripe.com" },
      { host: "bank.example.net", allowedCidrs: ["10.0.0.0/8"] },
    ];
    const private_ = await children({ upstreams });
    assert.deepEqual(own(private_), ["--own-service=egress-proxy---pods.egress.svc.cluster.local."]);
    const service = private_.one("Service", "egress-proxy-pods");
    assert.equal(service.metadata.name, "egress-proxy---pods");
    assert.deepEqual(
      service.spec.selector,
      private_.one("Deployment", "egress-proxy").spec.selector.matchLabels,
    );
  });

  it("have no controller in manual mode, and no DNS at all in mode none", async () => {
    const kinds = async (mode: "manual" | "none") => (await children({ dns: { mode } })).names().join("\n");
    const manual = await kinds("manual");
    assert.doesNotMatch(manual, /stub-domain|Role/);
    assert.match(manual, /Deployment egress-dns/);
    assert.doesNotMatch(await kinds("none"), /stub-domain|Role|egress-dns|zone/);
  });

  it("leave the namespace to the user where told to", async () => {
    const found = await children({ createNamespace: false, namespace: "platform" });
    assert.deepEqual(
      found.all("Namespace").map(({ metadata }) => metadata.name),
      ["platform-egress-stub-domain"],
    );
    assert.equal(found.one("Deployment", "egress-proxy").metadata.namespace, "platform");
  });

  it("leave the controller's namespace to the user too", async () => {
    const found = await children({ createNamespace: false, dns: { controllerNamespace: "platform-dns" } });
    assert.deepEqual(found.all("Namespace"), []);
    const controller = found.one("Deployment", "egress-stub-domain");
    assert.equal(controller.metadata.namespace, "platform-dns");
    assert.ok(
      controller.spec.template.spec.containers[0]!.args.includes(
        "--anchor=platform-dns/egress-kube-system-coredns",
      ),
    );
  });

  it("run with least privilege, all pods alike", async () => {
    const deployments = (await children()).all("Deployment");
    assert.equal(deployments.length, 3);
    for (const { metadata, spec } of deployments) {
      const pod = spec.template.spec;
      const [container] = pod.containers;
      assert.equal(pod.enableServiceLinks, false);
      assert.equal(pod.automountServiceAccountToken, metadata.name === "egress-stub-domain-coredns");
      assert.equal(pod.securityContext.runAsNonRoot, true);
      assert.deepEqual(pod.securityContext.seccompProfile, { type: "RuntimeDefault" });
      assert.equal(container!.securityContext.allowPrivilegeEscalation, false);
      assert.equal(container!.securityContext.readOnlyRootFilesystem, true);
      assert.deepEqual(container!.securityContext.capabilities, {
        drop: ["ALL"],
        ...(metadata.name === "egress-dns" && { add: ["NET_BIND_SERVICE"] }),
      });
      for (const part of ["requests", "limits"] as const) {
        assert.deepEqual(Object.keys(container!.resources[part]).sort(), ["cpu", "memory"]);
      }
      assert.ok(container!.readinessProbe);
      assert.ok(container!.livenessProbe);
      assert.deepEqual(spec.selector.matchLabels, {
        ...spec.selector.matchLabels,
        "app.kubernetes.io/instance": "egress",
      });
    }
  });

  it("keep two pods of proxy and DNS, spread, and let nodes be drained", async () => {
    const found = await children();
    for (const name of ["egress-proxy", "egress-dns"]) {
      const { spec } = found.one("Deployment", name);
      assert.equal(spec.replicas, 2);
      assert.deepEqual(
        spec.template.spec.topologySpreadConstraints.map(({ whenUnsatisfiable }) => whenUnsatisfiable),
        ["ScheduleAnyway"],
      );
      const budget = found.one("PodDisruptionBudget", name).spec;
      assert.equal(budget.maxUnavailable, 1);
      assert.equal(budget.unhealthyPodEvictionPolicy, "AlwaysAllow");
    }
  });

  it("carry the policy and the zone immutably, named and referenced by hash", async () => {
    const found = await children();
    const policy = found.one("ConfigMap", "egress-policy");
    const hash = createHash("sha256").update(joinPolicyFiles(policy.data!)).digest("hex");
    const { template } = found.one("Deployment", "egress-proxy").spec;
    assert.equal(policy.immutable, true);
    assert.equal(policy.metadata.name, `egress-policy-${hash.slice(0, 12)}`);
    assert.equal(template.spec.volumes![0]!.configMap.name, policy.metadata.name);
    assert.ok(template.spec.containers[0]!.args.includes(`--policy-sha256=${hash}`));
    const zone = found.one("ConfigMap", "egress-zone");
    assert.equal(zone.immutable, true);
    assert.equal(
      found.one("Deployment", "egress-dns").spec.template.spec.volumes![0]!.configMap.name,
      zone.metadata.name,
    );
  });

  for (const [mode, policy] of [
    ["none", "PreferDualStack"],
    ["optional", "SingleStack"],
    ["required", "SingleStack"],
  ] as const) {
    it(`ask for ${policy} in mesh mode ${mode}; the Service of the proxy's pods always for both families`, async () => {
      const upstreams = [{ host: "api.example.com", allowedCidrs: ["10.0.0.0/8"] }];
      const { resources } = await runProgram(
        () => new EgressProxy("egress", { ...args, upstreams, mesh: { mode } }),
      );
      const services = resources.filter(({ type }) => type.endsWith(":Service"));
      const policies = services.map(({ inputs }) => {
        const { metadata, spec } = inputs as {
          metadata: { name: string };
          spec: { ipFamilyPolicy?: string };
        };
        return [metadata.name, spec.ipFamilyPolicy];
      });
      assert.deepEqual(Object.fromEntries(policies), {
        "api-example-com": policy,
        "egress-dns": policy,
        "egress-proxy---pods": "PreferDualStack",
      });
    });
  }

  const families: [of: string[] | undefined, answered: string[]][] = [
    [["IPv4"], ["AAAA"]],
    [["IPv6"], ["A"]],
    [["IPv6", "IPv4"], []],
    // Without an API server, such as for manifests in a folder.
    [undefined, []],
  ];
  for (const [ipFamilies, answered] of families) {
    it(`answer ${answered.join() || "no type"} without data where Services have ${ipFamilies?.join() ?? "unknown families"}`, async () => {
      const { resources } = await runProgram(
        () => new EgressProxy("egress", args),
        (resource) => {
          if (!resource.type.endsWith(":Service") || !ipFamilies) return echo(resource);
          const spec = { ...(resource.inputs.spec as object), ipFamilies };
          return echo({ ...resource, inputs: { ...resource.inputs, spec } });
        },
      );
      const found = new Children(resources);
      const text = found.one("ConfigMap", "egress-zone").data!.Corefile!;
      assert.deepEqual(
        [...text.matchAll(/^ {2}template IN (\S+) \{\n {4}rcode NOERROR\n {2}\}$/gm)].map(([, type]) => type),
        answered,
      );
      // Its pods wait for its addresses: waiting for the pods in return would never end.
      assert.equal(found.one("Service", "egress-dns").metadata.annotations!["pulumi.com/skipAwait"], "true");
    });
  }

  it("show egress-dns's metrics to who asks its pods, and only DNS behind its Service", async () => {
    const found = await children();
    const { ports } = found.one("Deployment", "egress-dns").spec.template.spec.containers[0]!;
    assert.ok(ports.some(({ name, containerPort }) => name === "metrics" && containerPort === 9153));
    const service = found.one("Service", "egress-dns").spec.ports as { port: number; protocol: string }[];
    assert.deepEqual(
      service.map(({ port, protocol }) => `${port}/${protocol}`),
      ["53/UDP", "53/TCP"],
    );
  });

  it("stand for one upstream each, as a Service with a declared protocol and without Pulumi's wait", async () => {
    const { metadata, spec } = (await children()).one("Service", "egress-api-stripe-com");
    assert.equal(metadata.name, "api-stripe-com");
    assert.equal(metadata.annotations!["pulumi.com/skipAwait"], "true");
    assert.deepEqual(spec.ports, [
      { name: "http", port: 80, targetPort: 8080, protocol: "TCP", appProtocol: "http" },
    ]);
  });

  it("give the controller rights to named objects only, and let Pulumi wait for its proof", async () => {
    const found = await children();
    const target = found.one("Role", "egress-stub-domain-target");
    assert.equal(target.metadata.namespace, "kube-system");
    for (const role of found.all("Role")) {
      for (const { resources, resourceNames, verbs } of role.rules!) {
        if (verbs.includes("create") || resources.includes("endpointslices")) continue;
        assert.ok(resourceNames!.length > 0, `${role.metadata.name} ${resources.join()}`);
        assert.ok(!verbs.includes("delete") && !verbs.includes("*"));
      }
    }
    const anchor = found.one("ConfigMap", "egress-stub-domain");
    const hash = /=([0-9a-f]{16})$/.exec(anchor.metadata.annotations!["pulumi.com/waitFor"]!)?.[1];
    assert.ok(hash);
    assert.equal(anchor.data, undefined);
    const controller = found.one("Deployment", "egress-stub-domain").spec.template.spec.containers[0]!;
    assert.ok(controller.args.includes(`--spec-hash=${hash}`));
    assert.ok(controller.args.includes(`--anchor=${anchor.metadata.namespace!}/${anchor.metadata.name}`));
  });

  it("change the hash that Pulumi waits for with the domain", async () => {
    const waitFor = async (domain: string) =>
      (await children({ domain })).one("ConfigMap", "egress-stub-domain").metadata.annotations![
        "pulumi.com/waitFor"
      ];
    assert.notEqual(await waitFor("egress.local"), await waitFor("egress.example"));
    assert.equal(await waitFor("egress.local"), await waitFor("egress.local"));
  });

  it("mount credentials as files, and keep their values out of everything but a Secret", async () => {
    const sentinel = "s3ntinel-value";
    const upstreams = [
      {
        host: "api.stripe.com",
        setHeaders: {
          authorization: { credential: "stripe", prefix: "Bearer " },
          "x-key": { credential: "other" },
        },
        allow: [{ clients: [{ namespace: "shop" }], methods: ["POST"], paths: ["/v1/**"] }],
      },
    ];
    const credentials = { stripe: { value: sentinel }, other: { secretName: "keys", key: "other" } };
    const found = await children({ upstreams, credentials });
    const secret = found.all("Secret")[0] as unknown as { metadata: { name?: string }; stringData: object };
    assert.deepEqual(secret.stringData, { stripe: sentinel });
    assert.equal(secret.metadata.name, undefined);
    const others = found.all("Deployment").concat(found.all("ConfigMap"), found.all("Service"));
    assert.ok(others.length > 5);
    assert.doesNotMatch(JSON.stringify(others), new RegExp(sentinel));
    const pod = found.one("Deployment", "egress-proxy").spec.template.spec;
    assert.ok(pod.containers[0]!.args.includes("--credentials=/etc/k8s-egress-credentials"));
    const volume = pod.volumes!.find(({ name }) => name === "credentials");
    assert.deepEqual(
      volume?.projected?.sources.map(({ secret: { items } }) => items),
      [[{ key: "stripe", path: "stripe" }], [{ key: "other", path: "other" }]],
    );
  });

  it("take the user's settings where these belong", async () => {
    const found = await children({
      replicas: 3,
      drain: "2m",
      labels: { team: "platform", "app.kubernetes.io/name": "mine" },
      podAnnotations: { "example.com/a": "b", "linkerd.io/inject": "disabled" },
      imagePullSecrets: ["pull"],
      resources: { limits: { memory: "1Gi" } },
      log: { level: "debug" },
      dns: { image: `r.example.com/coredns@sha256:${"b".repeat(64)}`, clusterDomain: "k8s.example" },
    });
    const { metadata, spec } = found.one("Deployment", "egress-proxy");
    assert.equal(spec.replicas, 3);
    assert.equal(metadata.labels.team, "platform");
    assert.equal(metadata.labels["app.kubernetes.io/name"], "egress-proxy");
    const { annotations } = spec.template.metadata;
    assert.equal(annotations["example.com/a"], "b");
    assert.equal(annotations["linkerd.io/inject"], "enabled");
    const pod = spec.template.spec;
    assert.deepEqual(pod.imagePullSecrets, [{ name: "pull" }]);
    assert.equal(pod.terminationGracePeriodSeconds, 130);
    assert.deepEqual(pod.containers[0]!.resources, {
      requests: { cpu: "100m", memory: "128Mi" },
      limits: { cpu: "1", memory: "1Gi" },
    });
    assert.ok(pod.containers[0]!.args.includes("--drain=120s"));
    assert.ok(pod.containers[0]!.args.includes("--log-level=debug"));
    const dns = found.one("Deployment", "egress-dns").spec.template.spec;
    assert.match(dns.containers[0]!.image, /^r\.example\.com/);
    assert.match(
      found.one("ConfigMap", "egress-zone").data!.zone!,
      /api-stripe-com\.egress\.svc\.k8s\.example\.$/m,
    );
    assert.match(
      found.one("ConfigMap", "egress-policy").data!["policy.json"]!,
      /"clusterDomain": "k8s\.example"/,
    );
  });

  it("meet those of another instance nowhere in the cluster", async () => {
    const key = ({ type, inputs }: Registered) => {
      const { name, namespace } = (inputs as unknown as Inputs).metadata;
      return `${type} ${namespace ?? ""}/${name}`;
    };
    const objects = async (name: string, namespace: string) => {
      const { resources } = await runProgram(() => {
        new EgressProxy(name, { ...args, namespace });
      });
      return resources.filter(({ custom }) => custom).map(key);
    };
    const [first, second, third] = [
      await objects("egress", "egress"),
      await objects("egress", "other"),
      await objects("b", "b"),
    ];
    assert.deepEqual(
      first.filter((object) => second.includes(object) || third.includes(object)),
      [],
    );
    assert.deepEqual(
      second.filter((object) => third.includes(object)),
      [],
    );
  });
});

describe("EgressProxy's image", () => {
  const build = { repository: "registry.example.com/platform/egress-proxy" };

  it("is built for the named platform and deployed by digest", async () => {
    const { resources, result } = await runProgram(
      () => new EgressProxy("egress", { ...args, image: undefined, build }).image,
      ({ name, type, inputs }) =>
        Promise.resolve({
          id: name,
          state: type === "docker:index/image:Image" ? { ...inputs, repoDigest: IMAGE } : inputs,
        }),
    );
    assert.equal(result, IMAGE);
    const image = resources.find(({ type }) => type === "docker:index/image:Image")!.inputs as {
      imageName: string;
      build: { context: string; dockerfile: string; platform: string; args: { BASE_IMAGE: string } };
    };
    assert.match(image.imageName, /^registry\.example\.com\/platform\/egress-proxy:\d+\.\d+\.\d+$/);
    assert.equal(image.build.platform, "linux/amd64");
    assert.match(image.build.context, /k8s-egress-image-[0-9a-f]{12}$/);
    assert.equal(image.build.dockerfile, join(image.build.context, "Dockerfile"));
    assert.match(image.build.args.BASE_IMAGE, /@sha256:[0-9a-f]{64}$/);
    const deployments = new Children(resources).all("Deployment");
    assert.deepEqual(
      deployments.map(({ spec }) => spec.template.spec.containers[0]!.image === IMAGE).sort(),
      [false, true, true],
    );
  });

  it("is not built where one is given", async () => {
    assert.ok(!(await children()).names().some((name) => name.startsWith("docker:")));
  });
});

describe("EgressProxy's outputs", () => {
  it("are urls, domain, namespace, image and stubDomain", async () => {
    const { result } = await runProgram(
      () => {
        const egress = new EgressProxy("egress", args);
        const { urls, domain, namespace, image, stubDomain } = egress;
        return { urls, domain, namespace, image, stubDomain, stripe: egress.urlFor("api.stripe.com") };
      },
      ({ name, inputs, type }) => {
        const state = type.endsWith(":Service")
          ? { ...inputs, spec: { ...(inputs.spec as object), clusterIP: "10.96.7.7" } }
          : inputs;
        return Promise.resolve({ id: name, state });
      },
    );
    assert.deepEqual(result, {
      urls: {
        "api.stripe.com": "http://api.stripe.com.egress.local",
        "*.ingest.sentry.io": "http://*.ingest.sentry.io.egress.local",
      },
      domain: "egress.local",
      namespace: "egress",
      image: IMAGE,
      stubDomain: stubBlock({ domain: "egress.local", port: 53, forwardTo: "10.96.7.7" }),
      stripe: "http://api.stripe.com.egress.local",
    });
  });

  it("never hold a field that is no output, because schema inference would make it one", async () => {
    await runProgram(() => {
      const own = Object.keys(new EgressProxy("egress", args)).filter((key) => !key.startsWith("__"));
      assert.deepEqual(own.sort(), [
        "auditedNamespaces",
        "domain",
        "image",
        "namespace",
        "stubDomain",
        "urls",
        "urn",
      ]);
    });
  });
});

describe("EgressProxy", () => {
  it("reports every mistake in one ResourceError and creates nothing", async () => {
    const registered: string[] = [];
    await assert.rejects(
      runProgram(
        () => new EgressProxy("egress", { upstreams: [{ host: "https://a.example" }, { host: "*" }] }),
        ({ name }) => {
          registered.push(name);
          return Promise.resolve({ id: name, state: {} });
        },
      ),
      (error: unknown) => {
        assert.ok(error instanceof pulumi.ResourceError);
        assert.match(error.message, /upstreams\[0\]\.host: .*\n.*upstreams\[1\]\.host: .*\n.*build: /);
        return true;
      },
    );
    assert.deepEqual(registered, []);
  });

  it("passes its providers on to every child", async () => {
    const { resources } = await runProgram(() => {
      const cluster = new k8s.Provider("cluster", { kubeconfig: "{}" });
      new EgressProxy("egress", args, { providers: { kubernetes: cluster } });
    });
    const ofKubernetes = resources.filter(({ type }) => type.startsWith("kubernetes:"));
    assert.ok(ofKubernetes.length > 20);
    for (const { name, provider } of ofKubernetes) assert.match(provider, /::cluster::/, name);
  });
});
