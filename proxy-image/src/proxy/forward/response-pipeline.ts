import { failExchange } from "../exchange/fail";
import { classify } from "../errors/classify";
import {
  FailureError,
  connectionTerminated,
  responseIncomplete,
  responseMalformed,
  responseTooLarge,
  upgradeFailed,
} from "../errors/failures";
import type { Pipeline } from "../exchange/parts";
import type { Exchange } from "../exchange/exchange";
import type { ResponseRewriter } from "./links";
import { responseHeaders } from "./response-headers";
import { isStream } from "../message/fields/streams";
import { responseTrailers } from "../message/fields/trailers";

/** Interim answers (1xx) that are passed on for one request; more are a third party that plays for time. */
const MOST_INTERIM = 16;

/** Bytes of a body that goes out in one write with its head. */
const MOST_JOINED = 16 * 1024;

/** What the relay needs to know of the process. */
export interface PipelineOptions {
  /** Pseudonym for the Via field (RFC 9110 §7.6.3). */
  readonly via: string;
  /** Whether the process is about to end, so that connections are not to be kept. */
  readonly draining: () => boolean;
}

/**
 * Passes the third party's response back to the client, piece by piece, whoever fetches it. One object per
 * request and no closures; the client's events find it through the exchange.
 */
export abstract class ResponsePipeline implements Pipeline {
  /** When the client stopped reading, on the exchanges' clock; 0 while it reads. */
  pausedSince = 0;
  /** What the third party is waited for, and since when, on the exchanges' clock; 0 while it is not. */
  awaiting: "connection" | "head" | "body" = "connection";
  awaitingSince = 0;
  streams = false;
  protected done = false;
  private interim = 0;
  private readonly most: number;
  /** Of the body, as announced. */
  private length: number | undefined;

  constructor(
    protected readonly exchange: Exchange,
    protected readonly options: PipelineOptions,
    protected readonly links: ResponseRewriter,
  ) {
    this.most = exchange.destination!.route.upstream.maxBodyBytes?.response ?? Infinity;
    exchange.pipeline = this;
  }

  /** The piece that came last is still needed. */
  protected abstract keepPiece(): void;
  /** Stops reading from the third party. */
  protected abstract pauseSource(): void;
  protected abstract resumeSource(): void;
  /** Ends the request to the third party, whatever its state; nothing more comes from there. */
  protected abstract abortSource(): void;

  /** The client reads on. */
  resume(): void {
    // The client's socket also tells that it takes more after what was not held back for it.
    if (this.pausedSince === 0) return;
    this.pausedSince = 0;
    if (this.done) return;
    this.awaitingSince = performance.now();
    this.resumeSource();
  }

  /** The client has gone: nothing more is fetched for it. */
  cancel(): void {
    if (this.done) return;
    this.settle();
    this.exchange.cancelled = true;
    this.abortSource();
  }

  /** Ends both sides for a reason of ours. */
  abort(error: FailureError): void {
    if (this.done) return;
    this.fail(error);
    this.abortSource();
  }

  /** @param length of the body, as announced */
  protected head(status: number, raw: readonly string[], length: number | undefined): void {
    // Nothing was asked to be switched, or the switch is not what Node takes for one.
    if (status === 101) throw new FailureError(upgradeFailed);
    const headers = responseHeaders(raw, status, this.options.via, this.links);
    if (status < 200) {
      this.passInterim(status, headers);
      return;
    }
    this.length = length;
    if (length === undefined) this.streams = isStream(raw);
    if (length !== undefined && length > this.most) throw new FailureError(responseTooLarge);
    const { response } = this.exchange;
    if (this.options.draining()) response.close();
    this.exchange.respondedAt = performance.now();
    this.awaiting = "body";
    this.awaitingSince = this.exchange.respondedAt;
    // The third party's reason phrase means nothing (RFC 9112 §4): the registered one is one hostile text less.
    response.begin(status, headers);
  }

  protected data(piece: Buffer): void {
    if (this.done) return;
    const { exchange } = this;
    exchange.bytesOut += piece.length;
    if (piece.length === this.length && piece.length <= MOST_JOINED) {
      // The whole body in one piece: as text it shares the head's write, as bytes it would be a second one.
      this.settle();
      exchange.response.end(piece.toString("latin1"));
      return;
    }
    if (exchange.bytesOut > this.most) throw new FailureError(responseTooLarge);
    this.awaitingSince = performance.now();
    const more = exchange.response.write(piece);
    if (exchange.response.pending) this.keepPiece();
    if (more) return;
    this.pausedSince = this.awaitingSince;
    this.awaitingSince = 0;
    this.pauseSource();
  }

  /** All that has come has been passed on: nothing of it may wait for more. */
  protected pass(): void {
    if (!this.done) this.exchange.response.flush();
  }

  protected end(trailers: readonly string[]): void {
    if (this.done) return;
    this.settle();
    const { response } = this.exchange;
    response.end("", trailers.length > 0 && response.takesTrailers ? responseTrailers(trailers) : []);
  }

  protected fail(error: Error): void {
    if (this.done) return;
    this.settle();
    const { exchange } = this;
    // When the client left, that is the reason behind all others.
    if (exchange.cancelled) return;
    const failure = classify(error);
    exchange.cause = error;
    failExchange(
      exchange,
      failure === connectionTerminated && exchange.response.begun ? responseIncomplete : failure,
      error instanceof FailureError ? error.reason : undefined,
    );
  }

  /** The request's body goes no further. */
  protected stopBody(): void {
    // An upgrade has none.
  }

  /** Nothing more is waited for, nor passed on. */
  protected settle(): void {
    this.done = true;
    this.awaitingSince = 0;
    this.stopBody();
  }

  private passInterim(status: number, headers: string[]): void {
    if (++this.interim > MOST_INTERIM)
      throw new FailureError(responseMalformed, "It has too many interim responses.");
    if (status === 103) this.exchange.response.earlyHints(headers);
  }
}
