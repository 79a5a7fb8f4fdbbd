/** Other arguments that an upstream is checked against. */
export interface Surroundings {
  /** Name of the EgressProxy. */
  instance: string;
  domain: string;
  /** The cluster's own domain. */
  clusterDomain: string;
  mesh: unknown;
  /** Names of the existing credentials. */
  credentials: ReadonlySet<string> | undefined;
  /** Whether there is an audit: then upstreams may be empty. */
  audit: boolean;
}
