export * from "./component/args";
export { EgressProxy } from "./component/egress-proxy";
export { egressUrl } from "./component/urls";
