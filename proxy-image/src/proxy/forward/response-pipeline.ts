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

/**
 * Interim responses (1xx) that are passed on for one request. A third party that sends more only delays the response.
 */
const MOST_INTERIM = 16;

/** Bytes of a body that is sent in one write with its head. */
const MOST_JOINED = 16 * 1024;

/** The pipeline's settings, which are the process's. */
export interface PipelineOptions {
  /** Pseudonym for the Via field (RFC 9110 §7.6.3). */
  readonly via: string;
  /** Whether the process is ending, so that connections are not kept. */
  readonly draining: () => boolean;
}

/**
 * Passes the third party's response to the client, piece by piece. Subclasses fetch it. One object per request and no
 * closures, to save allocations; the client's events reach it through the exchange.
 */
export abstract class ResponsePipeline implements Pipeline {
  /** When the client stopped reading, on the exchanges' clock; 0 while it reads. */
  pausedSince = 0;
  /** What is awaited from the third party; `awaitingSince`: since when, on the exchanges' clock, 0 for nothing. */
  awaiting: "connection" | "head" | "body" = "connection";
  awaitingSince = 0;
  streams = false;
  protected done = false;
  private interim = 0;
  private readonly most: number;
  /** Content-Length of the body, if announced. */
  private length: number | undefined;

  constructor(
    protected readonly exchange: Exchange,
    protected readonly options: PipelineOptions,
    protected readonly links: ResponseRewriter,
  ) {
    this.most = exchange.destination!.route.upstream.maxBodyBytes?.response ?? Infinity;
    exchange.pipeline = this;
  }

  /** The last piece is still needed after the call. */
  protected abstract keepPiece(): void;
  /** Stops reading from the third party. */
  protected abstract pauseSource(): void;
  protected abstract resumeSource(): void;
  /** Ends the request to the third party, in any state. Nothing more arrives from there. */
  protected abstract abortSource(): void;

  /** The client reads again. */
  resume(): void {
    // The socket emits `drain` also when the source was not paused.
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
    // The request asked for no upgrade, or Node did not accept the 101 as one.
    if (status === 101) throw new FailureError(upgradeFailed);
    const headers = responseHeaders(raw, status, this.options.via, this.links);
    if (status < 200) {
      this.passInterim(status, headers);
      return;
    }
    this.length = length;
    if (length === undefined) this.streams = isStream(raw);
    if (length !== undefined && length > this.most) throw new FailureError(responseTooLarge);
    const { response, trace } = this.exchange;
    if (this.options.draining()) response.close();
    this.exchange.respondedAt = performance.now();
    if (trace !== undefined) trace.responded(status, this.exchange.respondedAt);
    this.awaiting = "body";
    this.awaitingSince = this.exchange.respondedAt;
    // The third party's reason phrase has no meaning (RFC 9112 §4). The registered one is sent: it can't be hostile.
    response.begin(status, headers);
  }

  protected data(piece: Buffer): void {
    if (this.done) return;
    const { exchange } = this;
    exchange.bytesOut += piece.length;
    if (piece.length === this.length && piece.length <= MOST_JOINED) {
      // The whole body in one piece. As text it shares the head's write; as bytes it would need a second write.
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

  /** Passes on everything that has arrived, without waiting for more. */
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
    // The client has gone: other errors follow from that.
    if (exchange.cancelled) return;
    const failure = classify(error);
    exchange.cause = error;
    failExchange(
      exchange,
      failure === connectionTerminated && exchange.response.begun ? responseIncomplete : failure,
      error instanceof FailureError ? error.reason : undefined,
    );
  }

  /** Stops sending the request's body. */
  protected stopBody(): void {
    // An upgrade has no body.
  }

  /** Waits for nothing more and passes nothing more on. */
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
