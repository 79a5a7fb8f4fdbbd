/**
 * Whether NetworkPolicies are enforced in the embedded cluster: `K8S_EGRESS_POLICIES=enforced`. Not by default yet: the
 * suite has not passed whole with it.
 */
export function policiesEnforced(): boolean {
  return process.env.K8S_EGRESS_POLICIES === "enforced";
}
