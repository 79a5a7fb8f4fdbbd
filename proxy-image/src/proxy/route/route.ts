import type { PolicyUpstream } from "../../contract/policy/policy";

/** One entry of the policy. */
export interface Route {
  /**
   * Key in the policy: `api.stripe.com`, `*.ingest.sentry.io`; `audit` for an unlisted host. The label in metrics and
   * logs.
   */
  readonly entry: string;
  readonly upstream: PolicyUpstream;
  /** Index among all routes of the process, from 0 without gaps: {@link PerRoute} looks up by it. */
  readonly index: number;
}

/** The destination of a request. */
export interface Destination {
  readonly route: Route;
  /** Canonical name of the third party: the route's host, or the name that a wildcard matched. */
  readonly host: string;
  /**
   * The client used the third party's own name (`Host: api.stripe.com`), so for the client the third party's origin is
   * the right one. References to it in the response need no change.
   */
  readonly ownName: boolean;
}
