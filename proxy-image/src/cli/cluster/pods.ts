import type { Api } from "./api";
import { ClusterError } from "./cluster-error";
import type { InstalledProxy } from "./egress-proxies";

/** A pod, with what is read of it. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly {
      readonly name: string;
      readonly image?: string;
      readonly args?: readonly string[];
    }[];
    readonly initContainers?: readonly { readonly name: string; readonly image?: string }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

/** State of a container. */
export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: { readonly reason?: string; readonly message?: string };
  };
}

/** Pods with all of these labels. @throws ClusterError */
export async function podsWith(
  api: Api,
  namespace: string | undefined,
  labels: Readonly<Record<string, string>>,
): Promise<Pod[]> {
  const labelSelector = Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
  const folder = namespace === undefined ? "" : `namespaces/${encodeURIComponent(namespace)}/`;
  const { items } = await api.json<{ items: Pod[] }>({
    verb: "list",
    resource: "pods",
    namespace,
    path: `/api/v1/${folder}pods?${new URLSearchParams({ labelSelector }).toString()}`,
  });
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

export function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** Why a pod is not ready, as far as its containers say it. */
export function stateOf({ status }: Pod): string {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  for (const { name, state } of all) {
    const reason = state?.waiting?.reason ?? state?.terminated?.reason;
    if (reason !== undefined && reason !== "Completed" && reason !== "PodInitializing")
      return `${name}: ${reason}`;
  }
  return status?.phase === "Running" ? "not ready" : (status?.phase ?? "unknown");
}

/** The proxy's ready pods. @throws ClusterError if there is none */
export async function readyPods(api: Api, proxy: InstalledProxy): Promise<Pod[]> {
  const pods = await podsWith(api, proxy.namespace, proxy.selector);
  const ready = pods.filter(isReady);
  if (ready.length > 0) return ready;
  const list = pods.map((pod) => `${pod.metadata.name} (${stateOf(pod)})`).join(", ");
  const what = `EgressProxy ${proxy.namespace}/${proxy.name}`;
  throw new ClusterError(
    list === ""
      ? `${what} has no pods: is its Deployment scaled to 0? \`k8s-egress check\` says more.`
      : `No pod of ${what} is ready: ${list}. \`k8s-egress check\` says more.`,
  );
}
