/** What an audit's requests have for an entry of the policy, in metrics and logs. No host is called so. */
export const AUDIT_ENTRY = "audit";
