import type { Scene } from "./scene";

/** A pod, as far as these tests look at it. */
export interface Pod {
  metadata: { name: string; namespace: string; deletionTimestamp?: string };
  spec: { containers: Container[]; initContainers?: Container[] };
  status: { podIP: string; conditions: { type: string; status: string }[] };
}

interface Container {
  name: string;
  image: string;
  env?: { name: string; value?: string }[];
}

/** The proxy's pods that are not being deleted. */
export async function proxyPods({ list, namespaces }: Scene): Promise<Pod[]> {
  const pods = await list<Pod>("pods", namespaces.proxy, "-l", "app.kubernetes.io/name=egress-proxy");
  return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}
