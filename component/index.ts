export { EgressProxy } from "./egress-proxy";
export { EgressLockdown } from "./lockdown/egress-lockdown";
export { egressUrl } from "./egress-url";
