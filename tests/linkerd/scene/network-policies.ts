import { setTimeout as sleep } from "node:timers/promises";
import type { Address } from "../target/target";
import { connects } from "./direct";
import type { Scene } from "./scene";

/** An address at which a NetworkPolicy blocks, or why there is none. */
export type Blockable = { readonly address: Address } | { readonly reason: string };

/** Seconds for a policy to take effect. */
const PATIENCE = 15;

/**
 * Finds an address outside of the pods' network that answers, and no longer does under a NetworkPolicy. Where a network
 * plugin enforces none, a test that something is blocked would say nothing. A node's own addresses often are not
 * blocked for its own pods.
 */
export async function findBlockable(scene: Scene): Promise<Blockable> {
  const namespace = scene.namespaces.monitoring;
  const canary = await scene.client({ namespace, name: "canary", meshed: false });
  const answering: Address[] = [];
  for (const address of [...scene.target.outside, ...(await apiServers(scene))]) {
    if ((await connects(canary, address.host, address.port)) === "connected") answering.push(address);
  }
  if (answering.length === 0)
    return { reason: "no address outside of the pods' network answers, so none can be seen to be blocked" };
  const policy = { name: "closed", namespace };
  await scene.apply({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: policy,
    spec: { podSelector: {}, policyTypes: ["Egress"], egress: [] },
  });
  try {
    for (let second = 0; second < PATIENCE; second++) {
      for (const address of answering) {
        if ((await connects(canary, address.host, address.port)) !== "connected") return { address };
      }
      await sleep(1_000);
    }
    return { reason: "nothing enforces NetworkPolicies in this cluster, or only between its nodes" };
  } finally {
    await scene.kubectl(["delete", "networkpolicy", policy.name, "-n", namespace]);
  }
}

interface Slice {
  endpoints: { addresses: string[] }[] | null;
  ports: { port: number }[];
}

async function apiServers(scene: Scene): Promise<Address[]> {
  const slices = await scene.list<Slice>(
    "endpointslices",
    "default",
    "-l",
    "kubernetes.io/service-name=kubernetes",
  );
  return slices.flatMap(({ endpoints, ports }) =>
    (endpoints ?? []).flatMap(({ addresses }) =>
      addresses.flatMap((host) => ports.map(({ port }) => ({ host, port }))),
    ),
  );
}
