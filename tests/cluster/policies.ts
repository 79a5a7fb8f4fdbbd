/** Switches the engine of NetworkPolicies off. */
const VARIABLE = "K8S_EGRESS_POLICIES";

/** Whether a cluster that starts now enforces NetworkPolicies: unless `K8S_EGRESS_POLICIES=off`. */
export function policiesWanted(): boolean {
  const value = process.env[VARIABLE] ?? "enforced";
  if (value !== "enforced" && value !== "off") {
    throw new Error(`${VARIABLE}: "${value}" is neither "enforced", the default, nor "off"`);
  }
  return value === "enforced";
}
