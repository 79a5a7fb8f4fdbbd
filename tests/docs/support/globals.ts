/**
 * What fragments of code in the documentation use without declaring it. A block that imports or declares one of these
 * names has its own. A text, because as a declaration it would hold for every file of the tests.
 */
export const GLOBALS = `
type EgressProxyModule = typeof import("k8s-egress");
declare const EgressProxy: EgressProxyModule["EgressProxy"];
declare const EgressLockdown: EgressProxyModule["EgressLockdown"];
type Upstream = import("k8s-egress").Upstream;

declare const k8s: typeof import("@pulumi/kubernetes");
declare const config: import("@pulumi/pulumi").Config;
declare const egress: import("k8s-egress").EgressProxy;
declare const upstreams: import("k8s-egress").Upstream[];
declare const build: import("k8s-egress").ImageBuild;
declare const image: string;
declare const kubeconfig: string;
`;
