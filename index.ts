export * from "./component/args";
export * from "./component/network-policy/args";
export { EgressProxy } from "./component/egress-proxy";
export { egressUrl } from "./component/urls";
