import { randomBytes } from "node:crypto";

import { API_PORT, REGISTRY_PORT } from "./addresses";
import type { Cluster } from "./cluster";
import { apply, kubectl } from "./kubectl";
import { policyCanary } from "./manifests/policy-canary";
import { policiesWanted } from "./policies";
import { waitFor } from "./sandbox/wait-for";

type Admin = Pick<Cluster, "kubectl" | "kubeconfig">;

/** Shows with a pod that NetworkPolicies are enforced now. */
export async function provePolicies(admin: Admin, image: string, nodeIps: readonly string[]): Promise<void> {
  const namespace = `policy-canary-${randomBytes(3).toString("hex")}`;
  const canary = (...args: string[]) => kubectl(admin, ["--namespace", namespace, ...args]);
  const ports = { blocked: API_PORT, open: REGISTRY_PORT };
  await apply(admin, policyCanary(image, namespace, nodeIps, ports), "cluster-addons");
  try {
    let phase = "";
    await waitFor("the end of the NetworkPolicies' canary", 120, async () => {
      phase = await canary("get", "pod/canary", "-o", "jsonpath={.status.phase}");
      return phase === "Succeeded" || phase === "Failed";
    });
    if (phase === "Failed") {
      throw new Error(`NetworkPolicies are not enforced: ${(await canary("logs", "canary")).trim()}`);
    }
  } finally {
    // It would be in the way of what drains the node.
    await kubectl(admin, ["delete", "namespace", namespace, "--wait=false"]);
  }
}

/** @throws if the cluster does not enforce NetworkPolicies, and was not told so by `K8S_EGRESS_POLICIES=off`. */
export async function checkPolicies(cluster: Cluster): Promise<void> {
  if (cluster.policies === "enforced") await provePolicies(cluster, cluster.images.node, cluster.nodeIps);
  else if (policiesWanted()) {
    throw new Error(
      "the running cluster does not enforce NetworkPolicies: stop it, or set K8S_EGRESS_POLICIES=off here too",
    );
  }
}
