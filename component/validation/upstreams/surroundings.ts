/** What an upstream must fit to. */
export interface Surroundings {
  /** Of the EgressProxy. */
  name: string;
  domain: string;
  /** The cluster's own. */
  clusterDomain: string;
  mesh: unknown;
  /** Names of the credentials that there are. */
  credentials: ReadonlySet<string> | undefined;
  /** Whether there is one: it can begin without any upstream. */
  audit: boolean;
}
