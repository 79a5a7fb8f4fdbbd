/** For manifests that the Kubernetes provider renders (`renderYamlToDirectory`) and a GitOps tool applies. */
export interface GitOps {
  /**
   * Adds Argo CD's annotations to the objects: sync waves, so that they are applied in the order in which Pulumi
   * creates them, and `PruneLast` for what pods of the previous version still mount. Needs a `dns.mode` other than
   * `stubDomain`, whose removal depends on Pulumi's order. Flux needs none. Default: false.
   */
  argoCd?: boolean;
}
