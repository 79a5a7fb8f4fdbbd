import type { Socket } from "node:net";
import type { BodySink } from "../../message/body";
import type { ClientStream, Peer, SwitchedConnection } from "../../message/client-stream";
import type { RequestHead } from "../../message/request-head";
import { asksForWebSocket } from "../../message/websocket";
import { BodyReader } from "../body-reader";
import { CLIENT_TIMEOUTS } from "./client-timeouts";
import { http11Required, isHttp2Preface } from "./http2-preface";
import { JoinedBytes } from "../joined-bytes";
import { RequestHeadReader } from "./request-head-reader";
import type { RequestHandler, Unreadable } from "./request-handler";
import { Http1ResponseWriter } from "./response-writer";
import type { UnfinishedHeads } from "./unfinished-heads";

/**
 * States of the connection:
 * - `head`: waits for a request, or for the rest of its head
 * - `request`: has a request whose body is not complete
 * - `response`: has the whole request, and its response is not complete
 * - `linger`: the response has been sent, and the rest of the request is read and dropped
 * - `closing`: whatever arrives is read and dropped
 * - `upgraded`: the other protocol's handler has its bytes
 */
type State = "head" | "request" | "response" | "linger" | "closing" | "upgraded";

/**
 * A client's connection: one request after the other. A request that could be read in two ways is rejected.
 *
 * The file is long: the states of a connection can only be understood together.
 */
export class ClientConnection<T = unknown> implements ClientStream {
  /** Undefined if the current request asks for no upgrade. */
  switched: SwitchedConnection | undefined;
  private request: T | undefined;
  private knownPeer: Peer | undefined;
  private state: State = "head";
  /** When the time of the current state ends, on `performance.now()`'s clock. `check` acts on it. */
  private deadline: number;
  private response: Http1ResponseWriter | undefined;
  /** Bytes that have arrived and are not processed yet. */
  private pending: Buffer | undefined;
  private readonly joined = new JoinedBytes();
  private readonly heads: RequestHeadReader;
  /** Bytes of an unfinished head that `UnfinishedHeads` counts. */
  private counted = 0;
  /** No request has arrived yet. */
  private fresh = true;
  private advancing = false;
  private flowing = true;
  private consumer: BodySink | undefined;
  private readonly closeListeners = new Set<() => void>();
  /** The consumer takes nothing for now. */
  private paused = false;
  private body: BodyReader | undefined;

  constructor(
    readonly socket: Socket,
    private readonly handler: RequestHandler<T>,
    private readonly unfinished: UnfinishedHeads,
    private readonly timeouts = CLIENT_TIMEOUTS,
  ) {
    this.heads = new RequestHeadReader(unfinished.mostBytes);
    this.deadline = performance.now() + timeouts.headers;
    socket.on("data", this.onData);
    socket.on("drain", this.onDrain);
    socket.on("end", this.onEnd);
    // Nothing to do: `close` follows every error.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.count(0);
      for (const listener of this.closeListeners) listener();
      const { request } = this;
      // Writes that still fail must not end the request a second time.
      this.request = undefined;
      if (request !== undefined) handler.onEnd(request);
    });
  }

  /** No request, and no part of one. */
  get idle(): boolean {
    return this.state === "head" && this.pending === undefined;
  }

  /** Calls back once this connection has ended. */
  onClose(listener: () => void): () => void {
    if (this.socket.destroyed) listener();
    else this.closeListeners.add(listener);
    return () => this.closeListeners.delete(listener);
  }

  /** From now on the body is read, as `pause` and `resume` allow. */
  read(consumer: BodySink): void {
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

  /** The rest of the body is read and dropped. */
  drop(): void {
    this.read(dropped);
  }

  /** Ends a state that has lasted too long. */
  check(now: number): void {
    if (this.deadline === Infinity && (this.response?.ended || this.response?.aborted))
      this.deadline = now + this.timeouts.flush;
    if (now < this.deadline) return;
    if (this.state === "head" && this.pending !== undefined)
      this.reject({ kind: "late", milliseconds: this.timeouts.headers }, this.pending);
    else this.socket.destroy();
  }

  /** Read once: the socket's getters cost 0.3 µs, and the addresses don't change. */
  get peer(): Peer {
    return (this.knownPeer ??= peerOf(this.socket));
  }

  abort(): void {
    this.socket.destroy();
  }

  private readonly onData = (bytes: Buffer): void => {
    this.pending = this.joined.join(this.pending, bytes);
    this.advance();
  };

  private readonly onDrain = (): void => {
    if (this.request !== undefined) this.handler.onDrain(this.request);
  };

  /** A client that ends its side can't want the response any more. After an upgrade the other protocol decides. */
  private readonly onEnd = (): void => {
    const { request } = this;
    if (request !== undefined && !this.handler.outlivesClientEnd(request)) this.socket.destroy();
  };

  /**
   * Processes what has arrived, as far as possible now. Not re-entrant: responses may end while requests are decided.
   */
  private advance(): void {
    if (this.advancing) return;
    this.advancing = true;
    let moved = true;
    while (moved && this.pending !== undefined) moved = this.step(this.pending);
    this.advancing = false;
    if (this.state !== "upgraded") this.flow();
  }

  /** Reads no more while the pending bytes belong to later requests, or to a body that nothing reads yet. */
  private flow(): void {
    const wanted = this.pending === undefined ? !this.paused : this.state === "head";
    if (wanted === this.flowing) return;
    this.flowing = wanted;
    if (wanted) this.socket.resume();
    else this.socket.pause();
  }

  /** @returns whether there may be more to process */
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
      if (this.fresh && isHttp2Preface(bytes)) this.rejectHttp2(bytes);
      else this.reject({ kind: "malformed", error: error as Error }, bytes);
      return false;
    }
    if (head) {
      if (this.counted > 0) this.count(0);
      this.begin(head);
      return true;
    }
    if (this.pending === undefined) return false;
    if (this.count(this.pending.length))
      this.deadline = Math.min(this.deadline, performance.now() + this.timeouts.headers);
    else this.reject({ kind: "crowded" }, this.pending);
    return false;
  }

  /** @param bytes of an unfinished head @returns whether there is room for them */
  private count(bytes: number): boolean {
    const room = this.unfinished.change(this.counted, bytes);
    this.counted = bytes;
    return room;
  }

  private begin(head: RequestHead): void {
    const { socket } = this;
    this.fresh = false;
    if (this.pending === undefined) this.joined.clear();
    this.deadline = Infinity;
    this.consumer = undefined;
    this.paused = false;
    this.body = head.hasBody
      ? new BodyReader(head.chunked ? undefined : Number(head.contentLength))
      : undefined;
    this.state = head.hasBody ? "request" : "response";
    const response = new Http1ResponseWriter(socket, head, this.responded);
    this.response = response;
    const request = this.handler.begin(head, response, this);
    this.request = request;
    if (asksForWebSocket(head)) this.giveAway(response);
    this.handler.decide(request);
  }

  /** The bytes after the head belong to another protocol: they are not read here, whatever the decision. */
  private giveAway(response: Http1ResponseWriter): void {
    const { socket } = this;
    response.close();
    this.state = "upgraded";
    socket.pause();
    socket.off("data", this.onData);
    this.switched = { socket, head: this.pending ?? Buffer.alloc(0) };
    this.pending = undefined;
  }

  private readBody(bytes: Buffer, body: BodyReader, consumer: BodySink): void {
    let end: number;
    try {
      end = body.read(bytes, 0, consumer);
    } catch (error) {
      this.rejectBody(error as Error);
      return;
    }
    this.pending = end === bytes.length ? undefined : bytes.subarray(end);
    if (body.done) this.bodyEnded(consumer, body.trailers);
  }

  private bodyEnded(consumer: BodySink, trailers: readonly string[]): void {
    const lingering = this.state === "linger";
    // `decide` may have rejected the request and closed the connection.
    if (this.state === "request") this.state = "response";
    consumer.onEnd(trailers);
    if (lingering) this.next();
  }

  /** The body's chunked coding is invalid, so the next request can't be found. */
  private rejectBody(error: Error): void {
    this.pending = undefined;
    const { request } = this;
    this.state = "closing";
    this.deadline = performance.now() + this.timeouts.linger;
    if (request === undefined) this.close();
    // A response that has ended is sent as it is.
    else if (!this.response!.ended) this.handler.onBodyError(request, error);
  }

  /** The response has been handed to the network. */
  private readonly responded = (): void => {
    const { request, response, state } = this;
    this.request = undefined;
    this.response = undefined;
    if (request !== undefined) this.handler.onEnd(request);
    if (this.socket.destroyed) return;
    if (state === "upgraded" || state === "closing" || response!.last) this.close();
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
   * Reads for a while before the socket is closed: a close with unread bytes resets the connection, and the client
   * could lose the response (RFC 9112 §9.6).
   */
  private close(): void {
    if (this.state === "upgraded") this.socket.on("data", () => undefined);
    this.state = "closing";
    this.pending = undefined;
    this.deadline = performance.now() + this.timeouts.linger;
    this.socket.end();
    this.socket.resume();
  }

  /** Responds in HTTP/2: a client of HTTP/2 can't read HTTP/1.1, and would show its user a protocol error. */
  private rejectHttp2(bytes: Buffer): void {
    const response = new Http1ResponseWriter(this.socket, undefined, () => undefined);
    const text = this.handler.onUnreadable({ kind: "http2" }, bytes, this.peer, response);
    this.socket.write(http11Required(text ?? ""));
    this.close();
  }

  private reject(what: Unreadable, bytes: Buffer): void {
    this.state = "closing";
    this.pending = undefined;
    // The bytes are gone now, not when the connection has closed: until then they would refuse others their room.
    this.joined.clear();
    this.count(0);
    this.deadline = performance.now() + this.timeouts.flush;
    const response = new Http1ResponseWriter(this.socket, undefined, () => this.close());
    this.handler.onUnreadable(what, bytes, this.peer, response);
  }
}

function peerOf({ remoteAddress, remotePort, localAddress }: Socket): Peer {
  return { remoteAddress, remotePort, localAddress };
}

const dropped: BodySink = { onBody: () => undefined, onEnd: () => undefined };
