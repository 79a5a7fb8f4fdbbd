import { classify } from "../errors/classify";
import {
  type Failure,
  FailureError,
  connectionClosedBeforeTls,
  connectionRefused,
  connectionTerminated,
  requestTooLarge,
} from "../errors/failures";
import type { Exchange } from "../exchange";
import type { AnswerHead } from "../http1/answer-reader";
import type { Connection, Requester } from "../upstream/connection";
import type { LinkRewriter } from "./links";
import { Relay, type RelayOptions } from "./relay";
import { RequestBody } from "./request-body";

/** RFC 9110 §9.2.2. */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);
/** Failures that another connection may not have; not TLS's, where the third party has decided. */
const RETRIED: ReadonlySet<Failure> = new Set([
  connectionClosedBeforeTls,
  connectionRefused,
  connectionTerminated,
]);
/** Methods whose body every server reads. */
const WITH_BODY = new Set(["POST", "PUT", "PATCH"]);

/** Fetches over one of the origin's kept connections: the way of all requests but upgrades. */
export class Fetch extends Relay implements Requester {
  private connection: Connection | undefined;
  private heard = false;
  /** The third party's leave to send the body is waited for (RFC 9110 §10.1.1). */
  private expecting = false;

  /**
   * @param headers flat, as they go out, without Host and framing
   */
  constructor(
    exchange: Exchange,
    options: RelayOptions,
    links: LinkRewriter,
    private readonly headers: readonly string[],
  ) {
    super(exchange, options, links);
    const { head, connection, destination } = exchange;
    if (head.hasBody) {
      const most = destination!.route.upstream.maxBodyBytes?.request ?? Infinity;
      exchange.body = new RequestBody(
        connection,
        head,
        most,
        () => this.cut(new FailureError(requestTooLarge)),
        () => (this.awaitingSince = performance.now()),
      );
    }
  }

  /** Asks for a connection; everything else follows from it. */
  start(): void {
    this.awaitingSince = this.exchange.startedAt;
    this.exchange.origin!.pool.request(this);
  }

  onConnection(connection: Connection): void {
    this.connection = connection;
    this.awaiting = "head";
    this.awaitingSince = 0;
    const { head, body } = this.exchange;
    const { method } = head;
    // Search APIs take a body with GET, so it is not refused; but a server that does not look for it would take it
    // for the next request (RFC 9110 §9.3.1), so nobody's comes behind it.
    const last = body !== undefined && !WITH_BODY.has(method);
    this.expecting = body !== undefined && head.expect !== undefined;
    const text = this.requestHead(last);
    if (!body) connection.request(this, text, method === "HEAD", last);
    else {
      connection.begin(this, text, method === "HEAD", last);
      if (!this.expecting) {
        body.start(connection);
        return;
      }
    }
    this.awaitingSince = performance.now();
  }

  onDrain(): void {
    this.exchange.body?.resume();
  }

  onHead({ status, fields, length }: AnswerHead): void {
    this.heard = true;
    if (status === 100 && this.expecting) {
      this.expecting = false;
      this.awaitingSince = 0;
      this.exchange.reply.continue();
      this.exchange.body!.start(this.connection!);
    } else this.head(status, fields, length);
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

  onFailure(error: Error): void {
    if (this.done || !this.mayRetry(error)) {
      this.fail(error);
      return;
    }
    this.exchange.retries++;
    this.connection = undefined;
    this.awaiting = "connection";
    this.awaitingSince = performance.now();
    // On a new connection: the others may be as stale as the first.
    this.exchange.origin!.pool.request(this, true);
  }

  protected keepPiece(): void {
    this.connection?.keep();
  }

  protected pauseSource(): void {
    this.connection?.pause();
  }

  protected resumeSource(): void {
    this.connection?.resume();
  }

  protected abortSource(): void {
    if (this.connection) this.connection.destroy();
    else this.exchange.origin!.pool.cancel(this);
  }

  /** The request's line and header section. Its parts have been read by the strict rules of admission. */
  private requestHead(last: boolean): string {
    const { head, origin, body } = this.exchange;
    let text = `${head.method} ${head.target} HTTP/1.1\r\nHost: ${origin!.authority}\r\n`;
    const { headers } = this;
    for (let i = 0; i < headers.length; i += 2) text += `${headers[i]!}: ${headers[i + 1]!}\r\n`;
    const length = head.contentLength;
    // As a number: with zeros before it somebody reads it as octal.
    if (length !== undefined) text += `Content-Length: ${Number(length)}\r\n`;
    else if (body) text += "Transfer-Encoding: chunked\r\n";
    // RFC 9110 §8.6: without it some servers wait for a body, or answer 411.
    else if (WITH_BODY.has(head.method)) text += "Content-Length: 0\r\n";
    if (this.expecting) text += "Expect: 100-continue\r\n";
    if (last) text += "Connection: close\r\n";
    return `${text}\r\n`;
  }

  /**
   * Once, and only where a second try can't do harm: an idempotent request without a body, to which not a byte
   * of an answer came. That is what a kept connection looks like that the third party was just closing.
   */
  private mayRetry(error: Error): boolean {
    const { exchange } = this;
    const { retryBudget } = exchange.destination!.route;
    if (!retryBudget || this.heard || exchange.retries > 0 || exchange.abandoned || exchange.body)
      return false;
    if (!IDEMPOTENT.has(exchange.head.method)) return false;
    return RETRIED.has(classify(error)) && retryBudget.take();
  }
}
