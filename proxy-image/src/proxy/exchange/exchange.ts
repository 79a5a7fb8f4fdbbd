import type { Failure } from "../errors/failures";
import type { ClientStream } from "../message/client-stream";
import type { RequestHead } from "../message/request-head";
import type { ResponseWriter } from "../message/response-writer";
import type { Destination } from "../route/route";
import type { Origin } from "../upstream/origin";
import type { ClientIdentity } from "./client";
import type { ExchangeTrace, ForwardedBody, Pipeline, RetryAllowance, Slot, Tunnel } from "./parts";

/**
 * One request and its response: what the stages find out, and what the log and the metrics record. It holds data only;
 * the code that acts on it is in the stages, in `fail.ts`, and in `server/exchange-end.ts`.
 */
export class Exchange {
  /** On `performance.now()`'s clock, like all times here. */
  readonly startedAt = performance.now();

  /** Index in the list of exchanges in flight. */
  place = 0;

  /** Undefined if the request is not traced. */
  trace: ExchangeTrace | undefined;

  // authorise
  /** Undefined if the mesh does not identify the client. */
  client: ClientIdentity | undefined;
  destination: Destination | undefined;

  // limit
  slot: Slot | undefined;
  origin: Origin | undefined;
  /** Undefined: no retry is allowed. */
  retryBudget: RetryAllowance | undefined;

  // forward
  body: ForwardedBody | undefined;
  pipeline: Pipeline | undefined;
  tunnel: Tunnel | undefined;
  retries = 0;
  /** When the head of the third party's response arrived; 0 before. */
  respondedAt = 0;
  /** Bytes of the response's body that were passed on. */
  bytesOut = 0;
  /** The protocol has been switched. */
  upgraded = false;

  // end
  /** Why there was no response, or only part of one. */
  failure: Failure | undefined;
  /** Details of the failure, for the client and the log. */
  reason: string | undefined;
  /** The error that caused the failure, for the log only. */
  cause: unknown;
  /** The client went away before the end of the response. */
  cancelled = false;

  constructor(
    readonly head: RequestHead,
    readonly response: ResponseWriter,
    readonly stream: ClientStream,
  ) {}

  /** Status that was sent to the client; 0 for none. */
  get status(): number {
    return this.upgraded ? 101 : this.response.status;
  }

  /** The whole request has arrived. */
  get complete(): boolean {
    return !this.head.hasBody || this.body?.complete === true;
  }
}
