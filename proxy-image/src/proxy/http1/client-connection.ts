import type { Socket } from "node:net";
import { isUpgrade } from "../admit/upgrade";
import { answer } from "../errors/problem";
import { type Failure, http2NotSpoken, requestTimeout } from "../errors/failures";
import type { Exchange } from "../exchange/exchange";
import { BodyReader } from "./body-reader";
import type { ChunkedSink } from "./chunked";
import type { RequestHead } from "../message/request-head";
import { HeadReader } from "./request-head-reader";
import { http11Required, isHttp2Preface } from "./http2-preface";
import { Reply } from "./response-writer";
import { CALLER_TIMEOUTS } from "./client-timeouts";
import { type UnreadRequest, bodyReason, failureOf, lateReason, unreadRequest } from "../server/unread-request";

/** Gets a request's body. */
export interface BodyConsumer extends ChunkedSink {
  /** @param trailers flat: name, value, … */
  onEnd(trailers: readonly string[]): void;
}

/** What a connection asks of its server. */
export interface ConnectionHandler {
  /** A request has come: makes the exchange of it. */
  begin(head: RequestHead, reply: Reply, connection: CallerConnection): Exchange;
  /** Decides it. */
  decide(exchange: Exchange): void;
  /** Something came that is no request. */
  unreadable(failure: Failure, request: UnreadRequest): void;
  closed(connection: CallerConnection): void;
}

/**
 * What the connection is at:
 * - `head`: waits for a request, or for the rest of its head
 * - `request`: has one whose body has not come whole
 * - `answer`: has all of it, and its answer is on its way
 * - `linger`: the answer has gone, and the rest of the request is read and dropped
 * - `closing`: nothing more is read from it but to drop it
 * - `upgraded`: somebody else has its bytes
 */
type State = "head" | "request" | "answer" | "linger" | "closing" | "upgraded";

/** A caller's connection: one request after the other, each read in one way only or refused. */
export class CallerConnection {
  exchange: Exchange | undefined;
  private state: State = "head";
  /** When patience ends, on `performance.now()`'s clock; what happens then is the state's. */
  private deadline: number;
  private reply: Reply | undefined;
  /** Bytes that have come and are not used up. */
  private pending: Buffer | undefined;
  private readonly heads = new HeadReader();
  /** No request has come yet. */
  private fresh = true;
  private advancing = false;
  private flowing = true;
  private consumer: BodyConsumer | undefined;
  private readonly closeListeners = new Set<() => void>();
  /** The consumer has enough for now. */
  private paused = false;
  private body: BodyReader | undefined;

  constructor(
    readonly socket: Socket,
    private readonly handler: ConnectionHandler,
    private readonly timeouts = CALLER_TIMEOUTS,
  ) {
    this.deadline = performance.now() + timeouts.headers;
    socket.on("data", this.onData);
    socket.on("drain", this.onDrain);
    socket.on("end", this.onEnd);
    // What is wrong with it shows in what it does next: `close`.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      handler.closed(this);
      for (const listener of this.closeListeners) listener();
      const { exchange } = this;
      // What is still written to it is told its end later, and an exchange has one end only.
      this.exchange = undefined;
      exchange?.finish();
    });
  }

  /** No request, and nothing of one. */
  get idle(): boolean {
    return this.state === "head" && this.pending === undefined;
  }

  /** Calls back once this connection has ended. */
  onClose(listener: () => void): () => void {
    if (this.socket.destroyed) listener();
    else this.closeListeners.add(listener);
    return () => this.closeListeners.delete(listener);
  }

  /** From now on the body comes, as `pause` and `resume` let it. */
  read(consumer: BodyConsumer): void {
    this.consumer = consumer;
    this.resume();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.advance();
  }

  /** What still comes of the body is dropped. */
  drop(): void {
    this.read(dropped);
  }

  /** Ends what has taken too long. */
  check(now: number): void {
    if (this.deadline === Infinity && (this.reply?.ended || this.reply?.aborted))
      this.deadline = now + this.timeouts.flush;
    if (now < this.deadline) return;
    if (this.state === "head" && this.pending !== undefined)
      this.refuseUnread(requestTimeout, lateReason(this.pending, this.timeouts.headers), this.pending);
    else this.socket.destroy();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private readonly onData = (bytes: Buffer): void => {
    this.pending = this.pending ? Buffer.concat([this.pending, bytes]) : bytes;
    this.advance();
  };

  private readonly onDrain = (): void => {
    this.exchange?.relay?.resume();
  };

  /** Nobody would read an answer to what a caller asked for and left. Once switched, the other protocol decides. */
  private readonly onEnd = (): void => {
    if (this.exchange && !this.exchange.upgraded) this.socket.destroy();
  };

  /** Uses up what has come, as far as it can be now. Not within itself: answers may end while requests are decided. */
  private advance(): void {
    if (this.advancing) return;
    this.advancing = true;
    let moved = true;
    while (moved && this.pending !== undefined) moved = this.step(this.pending);
    this.advancing = false;
    if (this.state !== "upgraded") this.flow();
  }

  /** Kept bytes are those of later requests, or of a body that nobody takes yet: then no more are asked for. */
  private flow(): void {
    const wanted = this.pending === undefined ? !this.paused : this.state === "head";
    if (wanted === this.flowing) return;
    this.flowing = wanted;
    if (wanted) this.socket.resume();
    else this.socket.pause();
  }

  /** @returns whether there may be more to do */
  private step(bytes: Buffer): boolean {
    switch (this.state) {
      case "head":
        return this.readHead(bytes);
      case "request":
      case "linger":
        if (this.consumer === undefined || this.paused) return false;
        this.readBody(bytes, this.body!, this.consumer);
        return true;
      case "closing":
        this.pending = undefined;
        return false;
      default:
        return false;
    }
  }

  private readHead(bytes: Buffer): boolean {
    let head: RequestHead | undefined;
    try {
      ({ head, rest: this.pending } = this.heads.read(bytes));
    } catch (error) {
      if (this.fresh && isHttp2Preface(bytes)) this.refuseHttp2(bytes);
      else this.refuseUnread(failureOf(error), (error as Error).message, bytes);
      return false;
    }
    if (head) this.begin(head);
    else if (this.pending) this.deadline = Math.min(this.deadline, performance.now() + this.timeouts.headers);
    return head !== undefined;
  }

  private begin(head: RequestHead): void {
    const { socket } = this;
    this.fresh = false;
    this.deadline = Infinity;
    this.consumer = undefined;
    this.paused = false;
    this.body = head.hasBody
      ? new BodyReader(head.chunked ? undefined : Number(head.contentLength))
      : undefined;
    this.state = head.hasBody ? "request" : "answer";
    const reply = new Reply(socket, head, this.answered);
    this.reply = reply;
    const exchange = this.handler.begin(head, reply, this);
    this.exchange = exchange;
    if (isUpgrade(head)) this.giveAway(exchange, reply);
    this.handler.decide(exchange);
  }

  /** The bytes behind the head are another protocol's: nothing here reads them, whatever is decided. */
  private giveAway(exchange: Exchange, reply: Reply): void {
    const { socket } = this;
    reply.last = true;
    this.state = "upgraded";
    socket.pause();
    socket.off("data", this.onData);
    exchange.upgrade = { socket, head: this.pending ?? Buffer.alloc(0) };
    this.pending = undefined;
  }

  private readBody(bytes: Buffer, body: BodyReader, consumer: BodyConsumer): void {
    let end: number;
    try {
      end = body.read(bytes, 0, consumer);
    } catch (error) {
      this.refuseBody(error as Error);
      return;
    }
    this.pending = end === bytes.length ? undefined : bytes.subarray(end);
    if (body.done) this.bodyEnded(consumer, body.trailers);
  }

  private bodyEnded(consumer: BodyConsumer, trailers: readonly string[]): void {
    const lingering = this.state === "linger";
    // A refusal in between has closed it.
    if (this.state === "request") this.state = "answer";
    consumer.onEnd(trailers);
    if (lingering) this.next();
  }

  /** The body is no chunked coding: what comes behind it can't be told apart. */
  private refuseBody(error: Error): void {
    this.pending = undefined;
    const { exchange } = this;
    this.state = "closing";
    this.deadline = performance.now() + this.timeouts.linger;
    if (!exchange) this.close();
    // An answer that is about to go out needs no other reason.
    else if (!exchange.reply.ended) {
      exchange.cause = error;
      exchange.stop(failureOf(error), bodyReason(error));
    }
  }

  /** The answer is with the network. */
  private readonly answered = (): void => {
    const { exchange, reply, state } = this;
    this.exchange = undefined;
    this.reply = undefined;
    exchange?.finish();
    if (this.socket.destroyed) return;
    if (state === "upgraded" || state === "closing" || reply!.last) this.close();
    else if (state === "request") {
      this.state = "linger";
      this.deadline = performance.now() + this.timeouts.linger;
      this.drop();
    } else this.next();
  };

  private next(): void {
    this.state = "head";
    this.consumer = undefined;
    this.paused = false;
    this.deadline = performance.now() + (this.pending ? this.timeouts.headers : this.timeouts.keepAlive);
    this.advance();
  }

  /**
   * Reads on for a while before the socket goes: a close with unread bytes resets the connection and could take the
   * answer with it (RFC 9112 §9.6).
   */
  private close(): void {
    if (this.state === "upgraded") this.socket.on("data", () => undefined);
    this.state = "closing";
    this.pending = undefined;
    this.deadline = performance.now() + this.timeouts.linger;
    this.socket.end();
    this.socket.resume();
  }

  /** In HTTP/2: a client that speaks it reads no HTTP/1.1, and would show its user a protocol error. */
  private refuseHttp2(bytes: Buffer): void {
    this.handler.unreadable(http2NotSpoken, unreadRequest(this.socket, bytes, http2NotSpoken.title));
    this.socket.write(http11Required(`k8s-egress: ${http2NotSpoken.title} ${http2NotSpoken.advice}`));
    this.close();
  }

  private refuseUnread(failure: Failure, reason: string, bytes: Buffer): void {
    const request = unreadRequest(this.socket, bytes, reason);
    this.handler.unreadable(failure, request);
    this.state = "closing";
    this.pending = undefined;
    this.deadline = performance.now() + this.timeouts.flush;
    const reply = new Reply(this.socket, undefined, () => this.close());
    answer(reply, failure, { reason, asked: request });
  }
}

const dropped: BodyConsumer = { onBody: () => undefined, onEnd: () => undefined };
