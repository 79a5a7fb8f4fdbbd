export * from "./component/args";
export { EgressProxy } from "./component/egress-proxy";
export { EgressLockdown } from "./component/lockdown/egress-lockdown";
export { egressUrl } from "./component/urls";
