import type { Failure } from "../errors/failures";
import type { ClientStream } from "../message/client-stream";
import type { RequestHead } from "../message/request-head";
import type { ResponseWriter } from "../message/response-writer";
import type { Destination } from "../route/route";
import type { Origin } from "../upstream/origin";
import type { ClientIdentity } from "./client";
import type { ForwardedBody, Pipeline, RetryAllowance, Slot, Tunnel } from "./parts";

/**
 * One request and its response: what the stages find out, and what the log and the metrics tell afterwards. Plain data:
 * what is done with it stands in the stages, in `fail.ts`, and in `server/exchange-end.ts`.
 */
export class Exchange {
  /** On `performance.now()`'s clock, like all times here. */
  readonly startedAt = performance.now();

  /** Index in the list of those in flight. */
  place = 0;

  // authorise
  /** Undefined where the mesh vouches for nobody. */
  client: ClientIdentity | undefined;
  destination: Destination | undefined;

  // limit
  slot: Slot | undefined;
  origin: Origin | undefined;
  /** Undefined: there is no second try. */
  retryBudget: RetryAllowance | undefined;

  // forward
  body: ForwardedBody | undefined;
  pipeline: Pipeline | undefined;
  tunnel: Tunnel | undefined;
  retries = 0;
  /** When the head of the third party's response came; 0 before. */
  respondedAt = 0;
  /** Bytes of the response's body that were passed on. */
  bytesOut = 0;
  /** The protocol has been switched. */
  upgraded = false;

  // end
  /** Why there was no response, or only part of one. */
  failure: Failure | undefined;
  /** What the failure means in this case: for the client and the log. */
  reason: string | undefined;
  /** The error behind the failure, for the log alone. */
  cause: unknown;
  /** The client went away before the response's end. */
  cancelled = false;

  constructor(
    readonly head: RequestHead,
    readonly response: ResponseWriter,
    readonly stream: ClientStream,
  ) {}

  /** Status that the client saw; 0 for none. */
  get status(): number {
    return this.upgraded ? 101 : this.response.status;
  }

  /** The request has come whole. */
  get complete(): boolean {
    return !this.head.hasBody || this.body?.complete === true;
  }
}
