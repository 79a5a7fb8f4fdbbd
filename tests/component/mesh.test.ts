import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { EgressProxy, type EgressProxyArgs, type Mesh } from "../../index";
import { type Registered, runProgram } from "../harness/monitor";
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

const proxyOf = (resources: Registered[]) => find(resources, "Deployment", "egress-proxy").spec.template;
const policyOf = (resources: Registered[]) =>
  JSON.parse(find(resources, "ConfigMap", "egress-policy").data["policy.json"]!) as Policy;

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
    it(`"${mode}": one Server, HTTP/1 and nothing else, for ${accessPolicy}`, async () => {
      const resources = await registered({ mode });
      const ofLinkerd = resources.filter(({ type }) => type.includes("policy.linkerd.io"));
      assert.deepEqual(
        ofLinkerd.map(({ type, inputs }) => [type, inputs.spec]),
        [
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

  it("comes before the pods that need it", async () => {
    const resources = await registered({ mode: "required" });
    const place = (kind: string) =>
      resources.findIndex(({ type, name }) => type.endsWith(`:${kind}`) && name.startsWith("egress-proxy"));
    assert.ok(place("Server") < place("Deployment"));
  });

  it('"none": not injected, no Server, and nobody is told apart', async () => {
    const resources = await registered({ mode: "none" });
    assert.deepEqual(proxyOf(resources).metadata.annotations, { "linkerd.io/inject": "disabled" });
    assert.deepEqual(
      resources.filter(({ type }) => type.includes("linkerd")),
      [],
    );
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
