/** Values of the label `job`: PodMonitors take them from the pods' `app.kubernetes.io/name`. */
export const JOBS = {
  proxy: "egress-proxy",
  dns: "egress-dns",
  stubDomain: "egress-stub-domain",
} as const;
