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
 * Milliseconds for which a request with `Expect: 100-continue` waits for the third party's 100: RFC 9110 §10.1.1 forbids
 * to wait indefinitely, and many servers never send one. curl waits as long.
 */
const EXPECT_TIMEOUT = 1_000;
/** Failures that another connection may not have; not TLS's, where the third party has decided. */
const RETRIED: ReadonlySet<Failure> = new Set([
  connectionClosedBeforeTls,
  connectionRefused,
  connectionTerminated,
]);
/** Methods whose body every server reads. Others: `bodyMethods` of the upstream. */
const WITH_BODY = new Set(["POST", "PUT", "PATCH"]);

/** Fetches over one of the origin's idle connections: the way of all requests but upgrades. */
export class UpstreamRequest extends ResponsePipeline implements UpstreamHandler {
  private stream: UpstreamStream | undefined;
  private body: RequestBody | undefined;
  private heard = false;
  /** The third party's leave to send the body is waited for (RFC 9110 §10.1.1). */
  private expecting = false;
  private expectTimer: NodeJS.Timeout | undefined;

  /**
   * @param fields flat, as they go out, without Host and framing
   */
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

  /** Asks for a connection; everything else follows from it. */
  start(): void {
    this.awaitingSince = this.exchange.startedAt;
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
    if (sent) this.exchange.retries++;
    this.stream = undefined;
    this.awaiting = "connection";
    this.awaitingSince = performance.now();
    // On a new connection: the others may be as stale as the first.
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

  /** @returns whether leave is still waited for: the client may have sent some of its body already */
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

  /** From now on the client is waited for, and its body goes. */
  private proceed(): void {
    clearTimeout(this.expectTimer);
    this.expecting = false;
    this.awaitingSince = 0;
    this.body!.proceed();
  }

  private outgoingHead(): OutgoingHead {
    const { head, origin, destination } = this.exchange;
    const { method, target, contentLength } = head;
    return {
      repeatable: !head.hasBody && IDEMPOTENT.has(method),
      method,
      target,
      authority: origin!.authority,
      fields: this.fields,
      body: head.hasBody
        ? { length: contentLength === undefined ? undefined : Number(contentLength) }
        : "none",
      expectContinue: this.expecting,
      // Search APIs take a body with GET, so it is not refused. But a server that does not look for it would take it
      // for the next request (RFC 9110 §9.3.1), so none comes behind it.
      last:
        head.hasBody && !WITH_BODY.has(method) && !destination!.route.upstream.bodyMethods?.includes(method),
    };
  }

  /**
   * Once, and only where a second try can't do harm: an idempotent request without a body, to which not a byte
   * of a response came. That is what a idle connection looks like that the third party was just closing.
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
