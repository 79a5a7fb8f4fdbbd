import type { IncomingMessage, ServerResponse } from "node:http";
import type { Destination } from "./authorise/routes";
import { answer } from "./errors/answer";
import type { Failure } from "./errors/failures";
import type { Forwarding } from "./forward/forwarding";
import type { RequestBody } from "./forward/request-body";

const EXCHANGE = Symbol("exchange");

/** One request and its answer: what the stages find out, and what the log and the metrics tell afterwards. */
export class Exchange {
  readonly startedAt = performance.now();
  /** Set by the second stage. */
  destination: Destination | undefined;
  /** Why there was no answer, or only part of one. */
  failure: Failure | undefined;
  /** What the failure means in this case: for the caller and the log. */
  reason: string | undefined;
  /** The caller went away before the answer's end. */
  abandoned = false;

  /** The error behind the failure, for the log alone. */
  cause: unknown;
  /** Set by the last stage. */
  forwarding: Forwarding | undefined;
  body: RequestBody | undefined;
  /** Bytes of the answer's body that were passed on. */
  bytesOut = 0;

  constructor(
    readonly req: IncomingMessage,
    readonly res: ServerResponse,
    private readonly observe: (exchange: Exchange) => void,
  ) {
    (req as Carrier)[EXCHANGE] = this;
    (res as Carrier)[EXCHANGE] = this;
    res.on("close", onClose);
  }

  /** Ends it with a failure: as an answer where none has begun, otherwise by a visible cut. */
  refuse(failure: Failure, reason?: string): void {
    const { res } = this;
    this.failure = failure;
    this.reason = reason;
    if (!res.headersSent) {
      answer(res, failure, reason);
      return;
    }
    // A clean end would make half an answer look whole; HTTP/1.0 shows nothing but a reset.
    res.socket?.resetAndDestroy();
  }

  /** The answer has been sent, or can't be any more. */
  finish(): void {
    this.forwarding?.abandon();
    this.observe(this);
  }
}

/** Shared by all answers, so that a request costs no closure. */
function onClose(this: ServerResponse): void {
  exchangeOf(this).finish();
}

interface Carrier {
  [EXCHANGE]?: Exchange;
}

/** The exchange that a request or a response belongs to. */
export function exchangeOf(message: IncomingMessage | ServerResponse): Exchange {
  return (message as Carrier)[EXCHANGE]!;
}
