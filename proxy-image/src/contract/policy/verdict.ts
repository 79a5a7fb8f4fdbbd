import type { PolicyRule } from "./policy";

/** The policy allows the request. */
export interface Allowed {
  readonly allowed: true;
  /** Entry of the policy: `api.stripe.com`, `*.ingest.sentry.io`; `audit` for an unlisted host during an audit. */
  readonly upstream: string;
  /** The first rule that admits the request, with its index in `allow`; absent if the upstream has no rules. */
  readonly rule?: { readonly index: number } & PolicyRule;
  /** Where the proxy adds credentials, by their names. Never a value. */
  readonly credentials: readonly { readonly field: string; readonly credential: string }[];
}

/** The policy denies the request. */
export interface Denied {
  readonly allowed: false;
  /** Entry of the policy; absent if none lists the host. */
  readonly upstream?: string;
  /** Name of the failure, as in responses, log and metrics: `request-denied`. */
  readonly reason: string;
  /** What is wrong, and what the client's rules allow. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
  /** The smallest addition to `upstreams` that allows the request; absent if no rule can. */
  readonly suggestion?: Suggestion;
}

/** What a policy means for one request. */
export type Verdict = Allowed | Denied;

/** An addition to `upstreams`: a new entry, or rules for the `allow` of the one that has this host. */
export interface Suggestion {
  readonly host: string;
  readonly allow: readonly PolicyRule[];
}
