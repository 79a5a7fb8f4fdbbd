/** The policy's entry for an audit's requests, in metrics and logs. No host can have this name. */
export const AUDIT_ENTRY = "audit";
