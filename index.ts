export * from "./component/args";
export * from "./component/lockdown/args";
export * from "./component/network-policy/args";
export { EgressProxy } from "./component/egress-proxy";
export { EgressLockdown } from "./component/lockdown/egress-lockdown";
export { egressUrl } from "./component/urls";
