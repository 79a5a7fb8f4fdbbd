import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Caller } from "./authorise/caller";
import type { Destination } from "./authorise/routes";
import { answer } from "./errors/answer";
import type { Failure } from "./errors/failures";
import type { Relay } from "./forward/relay";
import type { RequestBody } from "./forward/request-body";
import type { UpgradeGate } from "./forward/upgrade-gate";
import type { InFlight } from "./limit/in-flight";
import { outcomeOf } from "./limit/outcome";
import type { Origin } from "./upstream/origin";

const EXCHANGE = Symbol("exchange");
const CLOSING = Symbol("closing");
/** Milliseconds. */
const LINGER = 2_000;

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

  // forward
  body: RequestBody | undefined;
  relay: Relay | undefined;
  retries = 0;
  /** When the third party's headers came; 0 before. */
  answeredAt = 0;
  /** Bytes of the answer's body that were passed on. */
  bytesOut = 0;
  /** The caller's socket, where it asks for an upgrade. */
  upgrade: { socket: Socket; head: Buffer } | undefined;
  gate: UpgradeGate | undefined;
  outgoing: ClientRequest | undefined;
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
    readonly req: IncomingMessage,
    readonly res: ServerResponse,
    private readonly observe: (exchange: Exchange) => void,
  ) {
    (req as Carrier)[EXCHANGE] = this;
    (res as Carrier)[EXCHANGE] = this;
    res.on("close", onClose);
    res.on("drain", onDrain);
  }

  /** Status that the caller saw; 0 for none. */
  get status(): number {
    if (this.upgraded) return 101;
    return this.res.headersSent ? this.res.statusCode : 0;
  }

  /** Ends it with a failure: as an answer where none has begun, otherwise by a visible cut. */
  refuse(failure: Failure, reason?: string, headers?: readonly string[]): void {
    const { res } = this;
    this.failure = failure;
    this.reason = reason;
    if (failure.closes) (this.req.socket as Closing)[CLOSING] = true;
    if (!res.headersSent) answer(res, failure, reason, headers);
    // A clean end would make half an answer look whole; HTTP/1.0 shows nothing but a reset.
    else res.socket?.resetAndDestroy();
  }

  /** Ends it at once, whatever its state. */
  cut(): void {
    this.outgoing?.destroy();
    this.req.socket.destroy();
  }

  /** The answer has been sent, or can't be any more. */
  finish(): void {
    this.relay?.abandon();
    if (this.gate) {
      this.bytesOut += this.gate.bytesOut;
      if (!this.upgraded && !this.failure && !this.res.writableFinished) this.abandoned = true;
      this.outgoing?.destroy();
    }
    if (!this.req.complete && !this.upgrade) linger(this.req);
    this.leave?.leave(this.caller?.key ?? "");
    this.origin?.breaker?.report(outcomeOf(this));
    this.observe(this);
  }
}

/**
 * A request that was answered before its body's end: the rest is read and dropped for a while, because closing
 * at once would reset the connection and could take the answer with it (RFC 9112 §9.6).
 */
function linger(req: IncomingMessage): void {
  const { socket } = req;
  if (socket.destroyed) return;
  const timer = setTimeout(() => {
    if (!req.complete) socket.destroy();
  }, LINGER).unref();
  socket.once("close", () => clearTimeout(timer));
}

/** Shared by all answers, so that a request costs no closure. */
function onClose(this: ServerResponse): void {
  exchangeOf(this).finish();
}

function onDrain(this: ServerResponse): void {
  exchangeOf(this).relay?.resume();
}

/** Whether a request on this connection was refused in a way that ends it: what follows is not to be read. */
export function isClosing(socket: Socket): boolean {
  return (socket as Closing)[CLOSING] === true;
}

interface Closing {
  [CLOSING]?: true;
}

interface Carrier {
  [EXCHANGE]?: Exchange;
}

/** The exchange that a request or a response belongs to. */
export function exchangeOf(message: IncomingMessage | ServerResponse): Exchange {
  return (message as Carrier)[EXCHANGE]!;
}
