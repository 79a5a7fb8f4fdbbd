import type { Api } from "../cluster/api";
import { ClusterError } from "../cluster/cluster-error";
import type { Pod } from "../cluster/pods";
import type { Finding } from "./finding";
import { checkPods, isUnpulled } from "./pods";

/** Checks a part's pods; of one that can't pull its image, the kubelet's events say why. */
export async function lookAtPods(
  api: Api,
  subject: string,
  pods: readonly Pod[],
  { wanted, isMeshed }: { readonly wanted: number; readonly isMeshed: boolean },
): Promise<Finding[]> {
  const namespace = pods.find(isUnpulled)?.metadata.namespace;
  const errors = namespace === undefined ? undefined : await pullErrors(api, namespace);
  return checkPods(subject, pods, wanted, isMeshed, errors);
}

/** How the kubelet begins the message of an event with the registry's error. */
const FAILED = "Failed to pull image";

interface Event {
  readonly message?: string;
  readonly involvedObject: { readonly name?: string };
}

/**
 * Between two attempts, a container's state of kubelets before 1.32 says only that the kubelet waits. Without the right
 * to read events, that is what there is.
 */
async function pullErrors(api: Api, namespace: string): Promise<ReadonlyMap<string, string>> {
  const fields = new URLSearchParams({ fieldSelector: "involvedObject.kind=Pod,reason=Failed" }).toString();
  try {
    const { items } = await api.json<{ items: Event[] }>({
      verb: "list",
      resource: "events",
      namespace,
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/events?${fields}`,
    });
    return new Map(
      items.flatMap(({ message = "", involvedObject: { name = "" } }): [string, string][] =>
        message.startsWith(FAILED) ? [[name, message]] : [],
      ),
    );
  } catch (error) {
    if (error instanceof ClusterError) return new Map();
    throw error;
  }
}
