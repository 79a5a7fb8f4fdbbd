import type { PolicyUpstream } from "../../contract/policy/policy";

/** One entry of the policy. */
export interface Route {
  /** Key in the policy: `api.stripe.com`, `*.ingest.sentry.io`; `audit` for what is not listed. The label in metrics and logs. */
  readonly entry: string;
  readonly upstream: PolicyUpstream;
  /** Place among all routes of the process, from 0 without gaps: {@link PerRoute} looks up by it. */
  readonly index: number;
}

/** Where a request goes. */
export interface Destination {
  readonly route: Route;
  /** Canonical name of the third party: the route's host, or the name that a wildcard matched. */
  readonly host: string;
  /**
   * The client named it by its own name (`Host: api.stripe.com`), so it believes that it speaks to the third party
   * itself. What the response says of the third party's origin then holds for it as it is.
   */
  readonly ownName: boolean;
}
