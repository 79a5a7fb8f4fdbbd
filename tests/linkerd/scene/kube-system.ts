import type { Kubectl } from "../../harness/kubernetes";

/** What `kube-system` has that an EgressProxy may touch: DNS configuration byte for byte, and names of rights. */
export async function kubeSystem(kubectl: Kubectl): Promise<Record<string, string>> {
  const get = (kind: string, ...options: string[]) => kubectl(["get", kind, "-n", "kube-system", ...options]);
  const corefile = ["coredns", "--ignore-not-found", "--show-managed-fields", "-o"];
  return {
    corefile: await get("configmap", ...corefile, "jsonpath={.data}"),
    owners: await get("configmap", ...corefile, "jsonpath={.metadata.managedFields}"),
    annotations: await get("configmap", ...corefile, "jsonpath={.metadata.annotations}{.metadata.labels}"),
    rights: await get("roles,rolebindings,configmaps,secrets,serviceaccounts", "-o", "name"),
  };
}
