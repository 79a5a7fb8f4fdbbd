import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { EgressProxy, type EgressProxyArgs, type Mesh } from "../../index";
import { type Registered, runProgram } from "../harness/monitor";
import { joinPolicyFiles } from "../../proxy-image/src/contract/policy/files";
import type { Policy } from "../../proxy-image/src/contract/policy/policy";

const image = `registry.example.com/egress@sha256:${"a".repeat(64)}`;

interface Object {
  metadata: { name: string; annotations?: Record<string, string> };
  data: Record<string, string>;
  spec: {
    template: {
      metadata: { annotations: Record<string, string> };
      spec: { terminationGracePeriodSeconds: number; containers: { args: string[]; lifecycle: object }[] };
    };
  };
}

/** What an EgressProxy with this mesh registers. */
async function registered(
  mesh: Mesh | undefined,
  more: Partial<EgressProxyArgs> = {},
): Promise<Registered[]> {
  const upstreams = [{ host: "api.stripe.com" }, { host: "slow.example", timeouts: { connect: "20s" } }];
  const { resources } = await runProgram(() => {
    new EgressProxy("egress", { upstreams, image, mesh, ...more });
  });
  return resources;
}

function find(resources: Registered[], kind: string, name: string): Object {
  const found = resources.find((resource) => resource.type.endsWith(`:${kind}`) && resource.name === name);
  assert.ok(found, `${kind} ${name}`);
  return found.inputs as unknown as Object;
}

const ofLinkerd = (resources: Registered[]) =>
  resources.filter(({ type }) => type.includes("policy.linkerd.io"));
const ofSidecar = (resources: Registered[]) =>
  ofLinkerd(resources).filter(({ name }) => name === "egress-proxy-sidecar");
const proxyOf = (resources: Registered[]) => find(resources, "Deployment", "egress-proxy").spec.template;
const policyOf = (resources: Registered[]) =>
  JSON.parse(joinPolicyFiles(find(resources, "ConfigMap", "egress-policy").data)) as Policy;

describe("the mesh of an EgressProxy", () => {
  for (const mode of ["required", "optional"] as const) {
    it(`"${mode}": injected, closed but for its Server, and no longer alive than the proxy needs it`, async () => {
      const { metadata, spec } = proxyOf(await registered({ mode }));
      assert.deepEqual(metadata.annotations, {
        "linkerd.io/inject": "enabled",
        "config.linkerd.io/default-inbound-policy": "deny",
        "config.linkerd.io/skip-inbound-ports": "9090",
        "config.linkerd.io/proxy-outbound-connect-timeout": "20000ms",
        "config.alpha.linkerd.io/proxy-wait-before-exit-seconds": "65",
        "config.linkerd.io/shutdown-grace-period": "65s",
        "config.linkerd.io/proxy-cpu-request": "100m",
        "config.linkerd.io/proxy-memory-request": "20Mi",
        "config.linkerd.io/proxy-memory-limit": "250Mi",
      });
      assert.deepEqual(spec.containers[0]!.lifecycle, { preStop: { sleep: { seconds: 5 } } });
      // Linkerd's sidecar must end within the pod's own limit.
      assert.ok(spec.terminationGracePeriodSeconds > 65);
      assert.ok(spec.containers[0]!.args.includes(`--mesh=${mode}`));
    });
  }

  for (const [mode, accessPolicy] of [
    ["required", "all-authenticated"],
    ["optional", "all-unauthenticated"],
  ] as const) {
    it(`"${mode}": one Server, HTTP/1 and nothing else, for ${accessPolicy}, and a way out`, async () => {
      const resources = await registered({ mode });
      assert.deepEqual(
        ofLinkerd(resources).map(({ type, inputs }) => [type, inputs.spec]),
        [
          ["kubernetes:policy.linkerd.io/v1alpha1:EgressNetwork", { trafficPolicy: "Allow" }],
          [
            "kubernetes:policy.linkerd.io/v1beta3:Server",
            {
              podSelector: {
                matchLabels: {
                  "app.kubernetes.io/name": "egress-proxy",
                  "app.kubernetes.io/instance": "egress",
                },
              },
              port: 8080,
              proxyProtocol: "HTTP/1",
              accessPolicy,
            },
          ],
        ],
      );
      assert.deepEqual(policyOf(resources).mesh, {
        identitySuffix: "serviceaccount.identity.linkerd.cluster.local",
      });
    });
  }

  it("lets its namespace out past a global EgressNetwork, unless the user does that", async () => {
    const network = find(await registered({}), "EgressNetwork", "egress-proxy");
    assert.equal((network.metadata as { namespace?: string }).namespace, "egress");
    const without = ofLinkerd(await registered({ egressNetwork: false }));
    assert.deepEqual(
      without.map(({ type }) => type),
      ["kubernetes:policy.linkerd.io/v1beta3:Server"],
    );
  });

  it("gives the sidecar's metrics to whom the NetworkPolicy admits, and to nobody without monitoring", async () => {
    const [server, ...others] = ofSidecar(
      await registered({}, { monitoring: { namespaces: ["monitoring"] } }),
    );
    assert.deepEqual(others, []);
    assert.deepEqual(server!.inputs.spec, {
      podSelector: {
        matchLabels: { "app.kubernetes.io/name": "egress-proxy", "app.kubernetes.io/instance": "egress" },
      },
      port: "linkerd-admin",
      proxyProtocol: "HTTP/1",
      accessPolicy: "all-unauthenticated",
    });
    assert.deepEqual(ofSidecar(await registered({})), []);
    const networkPolicies = { enabled: false };
    const open = await registered({}, { monitoring: { namespaces: ["monitoring"] }, networkPolicies });
    assert.equal(ofSidecar(open).length, 1);
  });

  it("gives them to the identities of monitoring where that is meshed", async () => {
    const monitoring = { namespaces: ["monitoring", "linkerd-viz"], meshed: true };
    const found = ofSidecar(await registered({ trustDomain: "prod.example" }, { monitoring }));
    const name = "egress-proxy-sidecar";
    const group = "policy.linkerd.io";
    for (const { inputs } of found) assert.equal((inputs as unknown as Object).metadata.name, name);
    const spec = (kind: string) => found.find(({ type }) => type.endsWith(`:${kind}`))!.inputs.spec;
    assert.equal((spec("Server") as { accessPolicy: string }).accessPolicy, "deny");
    assert.deepEqual(spec("MeshTLSAuthentication"), {
      identities: [
        "*.monitoring.serviceaccount.identity.linkerd.prod.example",
        "*.linkerd-viz.serviceaccount.identity.linkerd.prod.example",
      ],
    });
    assert.deepEqual(spec("AuthorizationPolicy"), {
      targetRef: { group, kind: "Server", name },
      requiredAuthenticationRefs: [{ group, kind: "MeshTLSAuthentication", name }],
    });
  });

  it("tells the proxy where its sidecar listens, as the annotations say, Outputs too", async () => {
    const sidecarPort = async (podAnnotations?: EgressProxyArgs["podAnnotations"]) =>
      proxyOf(await registered({}, { podAnnotations })).spec.containers[0]!.args.find((arg) =>
        arg.startsWith("--sidecar-port="),
      );
    assert.equal(await sidecarPort(), "--sidecar-port=4191");
    assert.equal(
      await sidecarPort(pulumi.output({ "config.linkerd.io/admin-port": "4192" })),
      "--sidecar-port=4192",
    );
    const { args } = proxyOf(await registered({ mode: "none" })).spec.containers[0]!;
    assert.ok(!args.some((arg) => arg.startsWith("--sidecar-port")));
  });

  it("comes before the pods that need it", async () => {
    const resources = await registered({ mode: "required" });
    const place = (kind: string, child: string) =>
      resources.findIndex(({ type, name }) => type.endsWith(`:${kind}`) && name === child);
    const pods = place("Deployment", "egress-proxy");
    assert.ok(place("Server", "egress-proxy-server") < pods);
    assert.ok(place("ValidatingAdmissionPolicyBinding", "egress-sidecar") < pods);
  });

  it("denies proxy pods without a sidecar, and no other pods, where they need one", async () => {
    const resources = await registered({ controlPlaneNamespace: "mesh" }, { namespace: "out" });
    const policy = find(resources, "ValidatingAdmissionPolicy", "egress-sidecar");
    assert.equal(policy.metadata.name, "out-egress-sidecar");
    assert.match(
      JSON.stringify(policy.spec),
      /see that mesh\/linkerd-proxy-injector is up and that namespace out /,
    );
    // A change to another mode is rolled out before Pulumi deletes the policy, so it must not be about these pods.
    assert.match(JSON.stringify(policy.spec), /"matchConditions":.*--mesh=required/);
    assert.ok(proxyOf(resources).spec.containers[0]!.args.includes("--mesh=required"));
    const binding = find(resources, "ValidatingAdmissionPolicyBinding", "egress-sidecar");
    assert.deepEqual(binding.spec, {
      policyName: "out-egress-sidecar",
      validationActions: ["Deny"],
      matchResources: {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "out" } },
        objectSelector: {
          matchLabels: {
            "app.kubernetes.io/name": "egress-proxy",
            "app.kubernetes.io/instance": "out-egress",
          },
        },
      },
    });
    for (const mesh of [{ mode: "optional" }, { mode: "none" }, { admissionPolicy: false }] as const) {
      const names = (await registered(mesh)).map(({ name }) => name);
      assert.ok(!names.includes("egress-sidecar"), JSON.stringify(mesh));
    }
  });

  it('"none": not injected, no Server, and nobody is told apart', async () => {
    const resources = await registered({ mode: "none" });
    assert.deepEqual(proxyOf(resources).metadata.annotations, { "linkerd.io/inject": "disabled" });
    assert.deepEqual(ofLinkerd(resources), []);
    assert.equal(policyOf(resources).mesh, undefined);
  });

  it("names clients as the control plane and the trust domain do", async () => {
    const resources = await registered({ trustDomain: "prod.example", controlPlaneNamespace: "mesh" });
    assert.equal(policyOf(resources).mesh?.identitySuffix, "serviceaccount.identity.mesh.prod.example");
  });

  it("gives the sidecar the resources that are asked for, Outputs too", async () => {
    const proxyResources = { requests: { cpu: pulumi.output("1") }, limits: { cpu: "2", memory: "1Gi" } };
    const podAnnotations = { "config.linkerd.io/access-log": "json", "linkerd.io/inject": "disabled" };
    const { annotations } = proxyOf(await registered({ proxyResources }, { podAnnotations })).metadata;
    assert.equal(annotations["config.linkerd.io/proxy-cpu-request"], "1");
    assert.equal(annotations["config.linkerd.io/proxy-memory-request"], "20Mi");
    assert.equal(annotations["config.linkerd.io/proxy-cpu-limit"], "2");
    assert.equal(annotations["config.linkerd.io/proxy-memory-limit"], "1Gi");
    assert.equal(annotations["config.linkerd.io/access-log"], "json");
    assert.equal(annotations["linkerd.io/inject"], "enabled");
  });

  it("warns where there is none, and only there, as of the component", async () => {
    const warned = mock.method(pulumi.log, "warn", () => Promise.resolve());
    try {
      for (const mesh of [undefined, { mode: "optional" as const }]) await registered(mesh);
      assert.equal(warned.mock.callCount(), 0);
      await registered({ mode: "none" });
      const [message, resource] = warned.mock.calls.map((call) => call.arguments as unknown[])[0]!;
      assert.equal(warned.mock.callCount(), 1);
      assert.match(String(message), /^mesh\.mode is "none": .* not encrypted/);
      assert.ok(resource instanceof EgressProxy);
    } finally {
      warned.mock.restore();
    }
  });
});
