import type { Socket } from "node:net";
import { isUpgrade } from "../admit/upgrade";
import { answer } from "../errors/answer";
import { type Failure, headersTooLarge, malformedRequest, requestTimeout } from "../errors/failures";
import type { Exchange } from "../exchange";
import { ChunkedDecoder } from "../http1/chunked";
import { SectionTooLargeError } from "../http1/malformed";
import { type RequestHead, parseRequestHead } from "../http1/request-head";
import { Reply } from "./reply";
import { CALLER_TIMEOUTS } from "./timeouts";

/** Bytes of a request's line and header section. */
const MOST_HEADER_BYTES = 16 * 1024;

/** Gets a request's body. */
export interface BodyConsumer {
  onBody(piece: Buffer): void;
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
  unreadable(failure: Failure): void;
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
  /** Bytes of `pending` that have been searched for the end of a head: a caller may send them one by one. */
  private searched = 0;
  private advancing = false;
  private flowing = true;
  private consumer: BodyConsumer | undefined;
  /** The consumer has enough for now. */
  private paused = false;
  private chunked: ChunkedDecoder | undefined;
  private left = 0;

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
    if (this.deadline === Infinity && this.reply?.ended) this.deadline = now + this.timeouts.flush;
    if (now < this.deadline) return;
    if (this.state === "head" && this.pending !== undefined) this.refuseUnread(requestTimeout);
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

  /** Nobody would read an answer to what a caller asked for and left. */
  private readonly onEnd = (): void => {
    if (this.state !== "upgraded" && this.exchange) this.socket.destroy();
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
        this.readBody(bytes, this.consumer);
        return true;
      case "closing":
        this.pending = undefined;
        return false;
      default:
        return false;
    }
  }

  private readHead(all: Buffer): boolean {
    const bytes = this.withoutEmptyLines(all);
    if (bytes.length === 0) return false;
    const { searched } = this;
    // Three bytes of the mark may have come before.
    const mark = bytes.indexOf("\r\n\r\n", Math.max(0, searched - 3), "latin1");
    if (mark > MOST_HEADER_BYTES || (mark === -1 && bytes.length > MOST_HEADER_BYTES)) {
      this.refuseUnread(headersTooLarge);
      return false;
    }
    if (mark === -1) {
      // What can't become a request is told so at once.
      if (cannotBeHead(bytes, searched)) this.refuseUnread(malformedRequest);
      else this.deadline = Math.min(this.deadline, performance.now() + this.timeouts.headers);
      this.searched = bytes.length;
      return false;
    }
    this.searched = 0;
    let head: RequestHead;
    try {
      head = parseRequestHead(bytes.toString("latin1", 0, mark + 2));
    } catch {
      this.refuseUnread(malformedRequest);
      return false;
    }
    this.pending = mark + 4 === bytes.length ? undefined : bytes.subarray(mark + 4);
    this.begin(head);
    return true;
  }

  /** RFC 9112 §2.2: those before a request are ignored. */
  private withoutEmptyLines(bytes: Buffer): Buffer {
    let start = 0;
    while (bytes[start] === 0x0d && bytes[start + 1] === 0x0a) start += 2;
    if (start === 0) return bytes;
    const rest = bytes.subarray(start);
    this.pending = rest.length === 0 ? undefined : rest;
    this.searched = 0;
    return rest;
  }

  private begin(head: RequestHead): void {
    const { socket } = this;
    this.deadline = Infinity;
    this.consumer = undefined;
    this.paused = false;
    this.chunked = head.chunked ? new ChunkedDecoder() : undefined;
    this.left = head.chunked ? Infinity : Number(head.contentLength ?? 0);
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
    socket.off("end", this.onEnd);
    exchange.upgrade = { socket, head: this.pending ?? Buffer.alloc(0) };
    this.pending = undefined;
  }

  private readBody(bytes: Buffer, consumer: BodyConsumer): void {
    if (this.chunked) {
      let end: number;
      try {
        end = this.chunked.decode(bytes, 0, consumer);
      } catch (error) {
        this.refuseBody(error as Error);
        return;
      }
      this.pending = end === bytes.length ? undefined : bytes.subarray(end);
      if (this.chunked.done) this.bodyEnded(consumer, this.chunked.trailers);
      return;
    }
    const end = Math.min(this.left, bytes.length);
    this.left -= end;
    this.pending = end === bytes.length ? undefined : bytes.subarray(end);
    consumer.onBody(end === bytes.length ? bytes : bytes.subarray(0, end));
    if (this.left === 0) this.bodyEnded(consumer, []);
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
      exchange.stop(error instanceof SectionTooLargeError ? headersTooLarge : malformedRequest);
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

  private refuseUnread(failure: Failure): void {
    this.handler.unreadable(failure);
    this.state = "closing";
    this.pending = undefined;
    this.deadline = performance.now() + this.timeouts.flush;
    const reply = new Reply(this.socket, undefined, () => this.close());
    answer(reply, failure);
  }
}

const dropped: BodyConsumer = { onBody: () => undefined, onEnd: () => undefined };

/** Bytes of a method, and the blank behind it. */
const MOST_METHOD = 33;

/**
 * Whether these bytes are no beginning of a request: a line feed without its CR, or no method.
 *
 * @param searched how many of them have been found to be one
 */
function cannotBeHead(bytes: Buffer, searched: number): boolean {
  // The byte before the new ones has been found to be right: it may be the line feed of a whole CRLF.
  const bare = searched === 0 ? /(?:^|[^\r])\n/ : /[^\r]\n/;
  if (bare.test(bytes.toString("latin1", Math.max(0, searched - 1)))) return true;
  return (
    searched <= MOST_METHOD &&
    !/^(?:[A-Z][A-Z-]{0,31}(?:$| )|\r$)/.test(bytes.toString("latin1", 0, MOST_METHOD + 1))
  );
}
