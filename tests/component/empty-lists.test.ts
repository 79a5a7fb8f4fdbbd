import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EgressLockdown, type EgressLockdownArgs, EgressProxy, type EgressProxyArgs } from "../../index";
import { type Registered, runProgram } from "../harness/monitor";

const proxyArgs: EgressProxyArgs = {
  upstreams: [{ host: "api.stripe.com" }],
  image: `registry.example.com/egress@sha256:${"0".repeat(64)}`,
};

async function created(program: () => unknown): Promise<Registered[]> {
  const { resources } = await runProgram(program);
  return resources.toSorted((one, other) => (one.type + one.name < other.type + other.name ? -1 : 1));
}

const proxy = (more: Partial<EgressProxyArgs>) =>
  created(() => new EgressProxy("egress", { ...proxyArgs, ...more }));
const upstream = (more: object) => proxy({ upstreams: [{ host: "api.stripe.com", ...more }] });
const lockdown = (more: Partial<EgressLockdownArgs>) =>
  created(() => new EgressLockdown("lockdown", { namespaces: ["shop"], ...more }));

/** An empty NetworkPolicy rule would mean everyone, so that what is created must be compared. */
describe("an empty list that means none creates what the absent one does", () => {
  const cases: [name: string, empty: () => Promise<Registered[]>, absent: () => Promise<Registered[]>][] = [
    ["destinations", () => lockdown({ destinations: [] }), () => lockdown({})],
    ["auditedNamespaces", () => lockdown({ auditedNamespaces: [] }), () => lockdown({})],
    ["labels of a lockdown", () => lockdown({ labels: {} }), () => lockdown({})],
    ["networkPolicies.nodeCidrs", () => proxy({ networkPolicies: { nodeCidrs: [] } }), () => proxy({})],
    ["monitoring.namespaces", () => proxy({ monitoring: { namespaces: [] } }), () => proxy({})],
    ["imagePullSecrets", () => proxy({ imagePullSecrets: [] }), () => proxy({})],
    ["tolerations", () => proxy({ tolerations: [] }), () => proxy({})],
    ["credentials", () => proxy({ credentials: {} }), () => proxy({})],
    ["upstreams[0].allowedCidrs", () => upstream({ allowedCidrs: [] }), () => upstream({})],
    ["upstreams[0].setHeaders", () => upstream({ setHeaders: {} }), () => upstream({})],
  ];
  for (const [name, empty, absent] of cases) {
    it(name, async () => assert.deepEqual(withoutBlanks(await empty()), withoutBlanks(await absent())));
  }
});

/** Empty lists and maps in an object say as much to Kubernetes as none, outside of NetworkPolicies' rules. */
function withoutBlanks(resources: Registered[]): unknown {
  return JSON.parse(JSON.stringify(resources), (key, value: unknown) =>
    ["imagePullSecrets", "tolerations"].includes(key) && Array.isArray(value) && value.length === 0
      ? undefined
      : value,
  );
}
