import type { TLSSocket } from "node:tls";
import { type DeferredWriter, atEndOfIteration, currentIteration } from "../../event-loop";
import type { Binding, OutgoingHead, UpstreamHandler, UpstreamStream } from "../../message/upstream-stream";
import { sizeLine } from "../chunked";
import { ConnectionLostError, TruncatedResponseError } from "./connection-errors";
import { KEEP_ALIVE, connectionTerms } from "./connection-terms";
import type { ReadBuffer } from "./read-buffer";
import { type Http1ResponseHead, type Http1ResponseSink, ResponseReader } from "./response-reader";
import { readOnAfterFailedWrite } from "./read-on";
import { requestHeadText } from "./write-request-head";
import { sawCloseNotify } from "./close-notify";

/** Where a connection belongs. */
export interface ConnectionOwner {
  /** It is free for the next request. */
  released(connection: UpstreamConnection): void;
  /** It is gone. */
  closed(connection: UpstreamConnection): void;
  /**
   * What an error of its socket means.
   *
   * @param heard whether a response has come over it before
   */
  explain(error: Error, heard: boolean): Error;
}

/**
 * A verified connection to a third party: one request at a time, for as long as both sides stay in step.
 *
 * The file is long: what ends a connection, and when it is free, can only be understood together.
 */
export class UpstreamConnection implements UpstreamStream, Http1ResponseSink, DeferredWriter {
  /** When it is closed if nobody uses it, on `performance.now()`'s clock. */
  idleUntil = performance.now() + KEEP_ALIVE;
  readonly madeAt = performance.now();
  /** The only client that may use it; undefined: any. */
  binding: Binding | undefined;
  private handler: UpstreamHandler | undefined;
  private reader: ResponseReader | undefined;
  private requestSent = false;
  /** A head that goes out at the end of the event-loop iteration. */
  private held = "";
  private bodyFollows = false;
  /** The request waits for one more iteration. */
  private looksFirst = false;
  /** The event-loop iteration in which it became free. */
  private freedIn: object | undefined;
  /** The request was one write with none waiting before it: the network has it, though TLS may tell so later. */
  private single = false;
  private last = false;
  private chunked = false;
  /** A response has come over it, so the third party has accepted it. */
  private heard = false;
  private keepAlive = KEEP_ALIVE;

  constructor(
    private readonly socket: TLSSocket,
    private readonly readBuffer: ReadBuffer,
    private readonly owner: ConnectionOwner,
    /** Of the third party, as DNS gave it. */
    readonly address = "",
  ) {
    if (!readBuffer.open((bytes) => this.read(bytes))) socket.destroy();
    readOnAfterFailedWrite(socket);
    socket.on("drain", () => this.handler?.onDrain());
    socket.on("end", () => this.ended());
    socket.on("error", (error: Error) => this.lose(error));
    socket.on("close", () => {
      this.lose(new ConnectionLostError("the connection was closed"));
      owner.closed(this);
    });
  }

  get usable(): boolean {
    return !this.socket.destroyed && this.socket.writable;
  }

  begin(handler: UpstreamHandler, head: OutgoingHead): void {
    const { method, body, last } = head;
    this.handler = handler;
    this.reader = new ResponseReader(this, method === "HEAD");
    this.requestSent = false;
    this.last = last;
    this.chunked = body !== "none" && body.length === undefined;
    this.held = requestHeadText(head);
    this.bodyFollows = body !== "none";
    this.looksFirst = this.heard && !head.repeatable && this.freedIn === currentIteration();
    atEndOfIteration(this);
  }

  /**
   * Sends the head, when all that came in this event-loop iteration has been read: an end of the connection that has
   * come is then known, and the request goes over another one. A connection that became free in this very iteration has
   * not been looked at since: a request that can't be repeated waits for one more.
   */
  send(): void {
    const { held, handler, socket } = this;
    // It may have failed since.
    if (held === "" || !handler) return;
    if (this.looksFirst) {
      this.looksFirst = false;
      atEndOfIteration(this);
      return;
    }
    this.held = "";
    this.requestSent = !this.bodyFollows;
    this.single = this.requestSent && socket.writableLength === 0;
    socket.write(held, "latin1");
    if (this.bodyFollows) handler.onSent();
  }

  write(piece: Buffer, then?: () => void): boolean {
    const { socket } = this;
    if (!this.chunked) return socket.write(piece, then);
    socket.cork();
    socket.write(sizeLine(piece.length), "latin1");
    socket.write(piece, then);
    const more = socket.write("\r\n", "latin1");
    socket.uncork();
    return more;
  }

  end(trailers: readonly (readonly [string, string])[]): void {
    this.requestSent = true;
    if (!this.chunked) return;
    let text = "0\r\n";
    for (const [name, value] of trailers) text += `${name}: ${value}\r\n`;
    this.socket.write(`${text}\r\n`, "latin1");
  }

  /**
   * From now on only this client may use it, because the third party may know the client by name here. A connection
   * that went back to the pool after NTLM served the next client as the first one (HAProxy's issues 581 and 2985).
   */
  bind(binding: Binding): void {
    if (this.binding) return;
    this.binding = binding;
    const forget = binding.client.onClose(() => this.socket.destroy());
    this.socket.once("close", forget);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  keep(): void {
    this.readBuffer.keep();
  }

  destroy(): void {
    this.handler = undefined;
    this.socket.destroy();
  }

  onHead(head: Http1ResponseHead): void {
    this.heard = true;
    if (head.last) this.last = true;
    const { keepAlive, last, signsOn } = connectionTerms(head.fields);
    if (signsOn && this.handler) this.bind(this.handler.binding);
    if (last) this.last = true;
    if (keepAlive !== undefined) this.keepAlive = keepAlive;
    this.handler?.onHead(head);
  }

  onBody(piece: Buffer): void {
    this.handler?.onBody(piece);
  }

  onEnd(trailers: readonly string[]): void {
    this.handler?.onEnd(trailers);
  }

  private read(bytes: Buffer): void {
    if (this.held !== "") {
      // What was not asked for yet is no response to it.
      this.fail(new ConnectionLostError("bytes came before the request"));
      return;
    }
    if (!this.handler) {
      // Nothing was asked for: a response from here on could be taken for another request's.
      this.socket.destroy();
      return;
    }
    let used: number;
    try {
      used = this.reader!.read(bytes);
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    if (!this.reader!.done) {
      (this.handler as UpstreamHandler | undefined)?.onRead();
      return;
    }
    if (used < bytes.length) this.last = true;
    this.release();
  }

  private ended(): void {
    if (!this.handler) {
      this.socket.destroy();
      return;
    }
    this.last = true;
    if (this.reader!.untilClose && !this.endsWhole()) {
      this.fail(new TruncatedResponseError());
      return;
    }
    try {
      if (this.reader!.close()) this.release();
      else this.lose(new ConnectionLostError("the connection ended before the response did"));
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /**
   * Whether the end of the connection is the third party's word. One that is paused is not read, so it can't have seen
   * a FIN: its end came as a close_notify together with the data that paused it.
   */
  private endsWhole(): boolean {
    return this.socket.isPaused() || sawCloseNotify(this.socket);
  }

  /** The response is complete. Where the request is not, the connection's next bytes would still be its body. */
  private release(): void {
    this.handler = undefined;
    if (this.last || !this.requestSent) this.socket.destroy();
    else if (this.single || this.socket.writableLength === 0) this.free();
    // Even what the network has counts until the iteration's end. Where it has not: what is perhaps never read.
    else setImmediate(() => (this.socket.writableLength === 0 ? this.free() : this.socket.destroy()));
  }

  private free(): void {
    if (this.socket.destroyed) return;
    if (this.socket.isPaused()) this.socket.resume();
    this.idleUntil = performance.now() + this.keepAlive;
    this.freedIn = currentIteration();
    this.owner.released(this);
  }

  /** The third party, or the network, ended it. */
  private lose(error: Error): void {
    if (this.handler) this.fail(this.owner.explain(error, this.heard));
  }

  private fail(error: Error): void {
    const { handler, held } = this;
    this.handler = undefined;
    this.held = "";
    this.socket.destroy();
    // A connection on which nothing was ever heard may end so each time: that is a failure, not a lost connection.
    handler?.onFailure(error, held === "" || !this.heard);
  }
}
