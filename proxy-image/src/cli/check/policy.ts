import { InvalidPolicyError } from "../../contract/policy/validate";
import type { Policy } from "../../contract/policy/policy";
import { ClusterError } from "../cluster/cluster-error";
import { type InstalledProxy, policyHashOf, PolicyMismatchError } from "../cluster/egress-proxies";
import type { Pod } from "../cluster/pods";
import { type Finding, ok, problem, warning } from "./finding";

/** The policy that could be read, or the error of reading it. */
export type ReadPolicy = Policy | ClusterError | InvalidPolicyError;

/**
 * Whether Deployment, ConfigMap and pods have one policy. Pure.
 *
 * @throws ClusterError if the policy could not be read
 */
export function checkPolicy(proxy: InstalledProxy, policy: ReadPolicy, pods: readonly Pod[]): Finding {
  const { namespace, policy: name = "" } = proxy;
  const where = `ConfigMap ${namespace}/${name}`;
  if (policy instanceof PolicyMismatchError) {
    return problem(
      "policy",
      `${where} is not the policy of the Deployment's hash (${short(policyHashOf(proxy.args))}): new pods refuse it`,
      "run `pulumi up` again; who changed the ConfigMap or the Deployment?",
      "docs/observability.md",
    );
  }
  if (policy instanceof InvalidPolicyError) {
    const [{ path, problem: what } = { path: "", problem: "" }] = policy.mistakes;
    return problem(
      "policy",
      `this release of the tool can't read ${where}: ${path} ${what}`,
      "use the release of k8s-egress that the stack has",
      "docs/observability.md",
    );
  }
  if (policy instanceof ClusterError) throw policy;
  const others = pods.filter((pod) => hashIn(pod) !== policyHashOf(proxy.args));
  if (others.length > 0) {
    const list = others.map((pod) => `${pod.metadata.name} (${short(hashIn(pod))})`).join(", ");
    return warning(
      "policy",
      `pods enforce another policy than ${where}: ${list}`,
      "is a roll-out under way? kubectl rollout status of the Deployment",
      "docs/observability.md",
    );
  }
  const count = Object.keys(policy.upstreams).length;
  return ok("policy", `${where}, ${count} upstream${count === 1 ? "" : "s"}, in all pods`);
}

function hashIn({ spec }: Pod): string | undefined {
  return policyHashOf(spec.containers.find(({ name }) => name === "proxy")?.args ?? []);
}

function short(hash: string | undefined): string {
  return hash?.slice(0, 12) ?? "none";
}
