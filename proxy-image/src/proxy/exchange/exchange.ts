import type { Destination } from "../route/route";
import type { Socket } from "node:net";
import type { Caller } from "../authorise/client-identity";
import type { CallerConnection } from "../http1/client-connection";
import type { Reply } from "../http1/response-writer";
import { answer } from "../errors/problem";
import { type Failure, FailureError } from "../errors/failures";
import type { Relay } from "../forward/response-pipeline";
import type { RequestBody } from "../forward/request-body";
import { askedFor } from "../message/read-so-far";
import type { Upgrade } from "../upgrade/upgrade";
import type { RequestHead } from "../message/request-head";
import type { InFlight } from "../limit/in-flight";
import { outcomeOf } from "../limit/outcome";
import type { RetryBudget } from "../limit/retry-budget";
import type { Origin } from "../upstream/origin";

/** One request and its answer: what the stages find out, and what the log and the metrics tell afterwards. */
export class Exchange {
  /** On `performance.now()`'s clock, like all times here. */
  readonly startedAt = performance.now();

  /** Index in the list of those in flight. */
  place = 0;

  // authorise
  /** Undefined where the mesh vouches for nobody. */
  caller: Caller | undefined;
  destination: Destination | undefined;

  // limit
  /** What it takes room in. */
  leave: InFlight | undefined;
  origin: Origin | undefined;
  /** What a second try is taken from; undefined: there is none. */
  retryBudget: RetryBudget | undefined;

  // forward
  body: RequestBody | undefined;
  relay: Relay | undefined;
  retries = 0;
  /** When the third party's headers came; 0 before. */
  answeredAt = 0;
  /** Bytes of the answer's body that were passed on. */
  bytesOut = 0;
  /** The caller's socket, where it asks for an upgrade, and what came behind the request. */
  upgrade: { socket: Socket; head: Buffer } | undefined;
  /** What forwards the upgrade, and ends both its sides. */
  tunnel: Upgrade | undefined;
  /** The protocol has been switched. */
  upgraded = false;

  // end
  /** Why there was no answer, or only part of one. */
  failure: Failure | undefined;
  /** What the failure means in this case: for the caller and the log. */
  reason: string | undefined;
  /** The error behind the failure, for the log alone. */
  cause: unknown;
  /** The caller went away before the answer's end. */
  abandoned = false;

  constructor(
    readonly head: RequestHead,
    readonly reply: Reply,
    readonly connection: CallerConnection,
    private readonly observe: (exchange: Exchange) => void,
  ) {}

  /** Status that the caller saw; 0 for none. */
  get status(): number {
    return this.upgraded ? 101 : this.reply.status;
  }

  /** The request has come whole. */
  get complete(): boolean {
    return !this.head.hasBody || this.body?.complete === true;
  }

  /** Ends it with a failure: as an answer where none has begun, otherwise by a visible cut. */
  refuse(failure: Failure, reason?: string, headers?: readonly string[]): void {
    this.failure = failure;
    this.reason = reason;
    if (this.reply.begun && !this.reply.withdraw()) this.reply.abort();
    else answer(this.reply, failure, { reason, asked: askedFor(this.head), further: headers });
  }

  /** Ends it with a failure, whatever its state. */
  stop(failure: Failure, reason?: string): void {
    if (this.relay) this.relay.cut(new FailureError(failure, reason));
    else this.refuse(failure, reason);
  }

  /** Ends it at once, without a word. */
  cut(): void {
    this.tunnel?.destroy();
    this.connection.destroy();
  }

  /** The answer has been sent, or can't be any more. */
  finish(): void {
    this.relay?.abandon();
    // An upgrade holds its room for as long as it has a connection on either side.
    if (this.tunnel) this.tunnel.finish(() => this.settle());
    else this.settle();
  }

  /** Counts and tells it, once. */
  private settle(): void {
    if (this.tunnel) {
      this.bytesOut += this.tunnel.bytesOut;
      if (!this.upgraded && !this.failure && !this.reply.ended) this.abandoned = true;
    }
    this.leave?.leave(this.caller?.key ?? "");
    this.origin?.breaker?.report(outcomeOf(this));
    this.observe(this);
  }
}
