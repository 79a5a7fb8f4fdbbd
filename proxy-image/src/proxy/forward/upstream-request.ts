import { classify } from "../errors/classify";
import {
  type Failure,
  FailureError,
  connectionClosedBeforeTls,
  connectionRefused,
  connectionTerminated,
  requestTooLarge,
} from "../errors/failures";
import type { Exchange } from "../exchange/exchange";
import { signsOn } from "../message/fields/connection-auth";
import type { ResponseHead } from "../message/response-head";
import type { Binding, OutgoingHead, UpstreamHandler, UpstreamStream } from "../message/upstream-stream";
import type { ResponseRewriter } from "./links";
import { type PipelineOptions, ResponsePipeline } from "./response-pipeline";
import { RequestBody } from "./request-body";

/** RFC 9110 §9.2.2. */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);
/**
 * Milliseconds for which a request with `Expect: 100-continue` waits for the third party's 100. RFC 9110 §10.1.1
 * forbids to wait indefinitely, and many servers never send one. curl waits as long.
 */
const EXPECT_TIMEOUT = 1_000;
/**
 * Failures that may not occur on another connection. TLS failures are not among them: there the third party has
 * decided.
 */
const RETRIED: ReadonlySet<Failure> = new Set([
  connectionClosedBeforeTls,
  connectionRefused,
  connectionTerminated,
]);
/** Methods whose body every server reads. The upstream's `bodyMethods` lists others. */
const WITH_BODY = new Set(["POST", "PUT", "PATCH"]);

/** Sends a request over one of the origin's pooled connections. All requests but upgrades use it. */
export class UpstreamRequest extends ResponsePipeline implements UpstreamHandler {
  private stream: UpstreamStream | undefined;
  private body: RequestBody | undefined;
  private heard = false;
  /** Waits for the third party's `100 Continue` before it sends the body (RFC 9110 §10.1.1). */
  private expecting = false;
  private expectTimer: NodeJS.Timeout | undefined;

  /** @param fields flat, as they are sent, without Host and framing */
  constructor(
    exchange: Exchange,
    options: PipelineOptions,
    links: ResponseRewriter,
    private readonly fields: readonly string[],
  ) {
    super(exchange, options, links);
    const { head, stream, destination } = exchange;
    if (head.hasBody) {
      const most = destination!.route.upstream.maxBodyBytes?.request ?? Infinity;
      this.body = new RequestBody(
        stream,
        head,
        most,
        () => this.abort(new FailureError(requestTooLarge, `It has more than ${most} bytes.`)),
        () => (this.awaitingSince = performance.now()),
      );
      exchange.body = this.body;
    }
  }

  /** Requests a connection from the pool. Its callbacks do the rest. */
  start(): void {
    const { startedAt, trace } = this.exchange;
    this.awaitingSince = startedAt;
    if (trace !== undefined) trace.attempt(startedAt);
    this.exchange.origin!.pool.request(this);
  }

  get binding(): Binding {
    const { stream, client } = this.exchange;
    return { client: stream, identity: client?.key ?? "" };
  }

  onStream(stream: UpstreamStream): void {
    this.stream = stream;
    if (signsOn(this.fields)) stream.bind(this.binding);
    this.awaiting = "head";
    this.awaitingSince = 0;
    if (this.exchange.trace !== undefined) this.exchange.trace.connected(stream.phases);
    this.expecting = this.body !== undefined && this.exchange.head.expect !== undefined;
    stream.begin(this, this.outgoingHead());
    this.awaitingSince = performance.now();
  }

  onSent(): void {
    const { stream } = this;
    const body = this.body!;
    this.awaitingSince = 0;
    if (!this.expecting) body.start(stream!);
    else if (this.awaitLeave(body, stream!)) this.awaitingSince = performance.now();
  }

  onDrain(): void {
    this.body?.resume();
  }

  onHead({ status, fields, length }: ResponseHead): void {
    this.heard = true;
    if (status === 100) {
      if (this.expecting) this.proceed();
      this.exchange.response.continue();
    }
    this.head(status, fields, length);
  }

  onBody(piece: Buffer): void {
    this.data(piece);
  }

  onRead(): void {
    this.pass();
  }

  onEnd(trailers: readonly string[]): void {
    this.end(trailers);
  }

  onFailure(error: Error, sent: boolean): void {
    if (this.done || (sent && !this.mayRetry(error))) {
      this.fail(error);
      return;
    }
    this.stream = undefined;
    this.awaiting = "connection";
    this.awaitingSince = performance.now();
    if (sent) {
      this.exchange.retries++;
      this.exchange.trace?.retry(classify(error), this.awaitingSince);
    }
    // A new connection: the idle ones may be as stale as the first.
    this.exchange.origin!.pool.request(this, true);
  }

  protected keepPiece(): void {
    this.stream?.keep();
  }

  protected pauseSource(): void {
    this.stream?.pause();
  }

  protected resumeSource(): void {
    this.stream?.resume();
  }

  protected abortSource(): void {
    if (this.stream) this.stream.destroy();
    else this.exchange.origin!.pool.cancel(this);
  }

  protected override stopBody(): void {
    this.body?.stop();
  }

  protected override settle(): void {
    clearTimeout(this.expectTimer);
    super.settle();
  }

  /** @returns whether it still waits for `100 Continue`: the client may have sent part of its body already */
  private awaitLeave(body: RequestBody, stream: UpstreamStream): boolean {
    body.start(stream, () => this.proceed());
    if (!this.expecting) return false;
    const { response } = this.exchange.destination!.route.upstream.timeouts;
    this.expectTimer = setTimeout(
      () => {
        this.proceed();
        this.exchange.response.continue();
      },
      Math.min(EXPECT_TIMEOUT, response / 2),
    );
    return true;
  }

  /** Stops waiting for the third party's `100 Continue` and sends the body. */
  private proceed(): void {
    clearTimeout(this.expectTimer);
    this.expecting = false;
    this.awaitingSince = 0;
    this.body!.proceed();
  }

  private outgoingHead(): OutgoingHead {
    const { head, origin, destination, trace } = this.exchange;
    const { method, target, contentLength } = head;
    return {
      repeatable: !head.hasBody && IDEMPOTENT.has(method),
      method,
      target,
      authority: origin!.authority,
      fields: trace === undefined ? this.fields : trace.inject(this.fields),
      body: head.hasBody
        ? { length: contentLength === undefined ? undefined : Number(contentLength) }
        : "none",
      expectContinue: this.expecting,
      // Search APIs take a body with GET, so it is not rejected. But a server that ignores it would read it as the next
      // request (RFC 9110 §9.3.1). So the connection takes no request after this one.
      last:
        head.hasBody && !WITH_BODY.has(method) && !destination!.route.upstream.bodyMethods?.includes(method),
    };
  }

  /**
   * Retries once, and only if a second attempt can't do harm: an idempotent request without a body, for which not a
   * byte of a response has arrived. This happens if the third party was just closing an idle connection.
   */
  private mayRetry(error: Error): boolean {
    const { exchange } = this;
    const { retryBudget } = exchange;
    if (!retryBudget || this.heard || exchange.retries > 0 || exchange.cancelled || exchange.body)
      return false;
    if (!IDEMPOTENT.has(exchange.head.method)) return false;
    return RETRIED.has(classify(error)) && retryBudget.take();
  }
}
