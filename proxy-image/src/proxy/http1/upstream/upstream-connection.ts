import type { TLSSocket } from "node:tls";
import { type DeferredWriter, atEndOfIteration, currentIteration } from "../../event-loop";
import type {
  Binding,
  ConnectPhases,
  OutgoingHead,
  UpstreamHandler,
  UpstreamStream,
} from "../../message/upstream-stream";
import { sizeLine } from "../chunked";
import { ConnectionLostError, TruncatedResponseError } from "./connection-errors";
import { KEEP_ALIVE, connectionTerms } from "./connection-terms";
import type { ReadBuffer } from "./read-buffer";
import { type Http1ResponseHead, type Http1ResponseSink, ResponseReader } from "./response-reader";
import { readOnAfterFailedWrite } from "./read-on";
import { requestHeadText } from "./write-request-head";
import { sawCloseNotify } from "./close-notify";

/** The pool that a connection belongs to. */
export interface ConnectionOwner {
  /** The connection is free for the next request. */
  released(connection: UpstreamConnection): void;
  /** The connection has closed. */
  closed(connection: UpstreamConnection): void;
  /**
   * The error to report for an error of the socket.
   *
   * @param heard whether a response has arrived over the connection before
   */
  explain(error: Error, heard: boolean): Error;
}

/**
 * A verified connection to a third party. It carries one request at a time, as long as request and response stay in
 * step.
 *
 * The file is long: what ends a connection, and when it is free, can only be understood together.
 */
export class UpstreamConnection implements UpstreamStream, Http1ResponseSink, DeferredWriter {
  /** When it is closed if no request uses it, on `performance.now()`'s clock. */
  idleUntil = performance.now() + KEEP_ALIVE;
  readonly madeAt = performance.now();
  /** The only client that may use it; undefined: any. */
  binding: Binding | undefined;
  private handler: UpstreamHandler | undefined;
  private reader: ResponseReader | undefined;
  private requestSent = false;
  /** A head that is sent at the end of the event-loop iteration. */
  private held = "";
  private bodyFollows = false;
  /** The request waits for one more event-loop iteration. */
  private looksFirst = false;
  /** The event-loop iteration in which it became free. */
  private freedIn: object | undefined;
  /**
   * The request was a single write, with none waiting before it: the network has it, even if TLS reports that later.
   */
  private single = false;
  private last = false;
  private chunked = false;
  /** It has been given a request. */
  private used = false;
  /** A response has arrived over it, so the third party has accepted the connection. */
  private heard = false;
  private keepAlive = KEEP_ALIVE;

  constructor(
    private readonly socket: TLSSocket,
    private readonly readBuffer: ReadBuffer,
    private readonly owner: ConnectionOwner,
    /** Of the third party, as DNS gave it. */
    readonly address = "",
    private readonly made?: ConnectPhases,
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

  get phases(): ConnectPhases | undefined {
    return this.used ? undefined : this.made;
  }

  begin(handler: UpstreamHandler, head: OutgoingHead): void {
    const { method, body, last } = head;
    this.used = true;
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
   * Sends the head when all that arrived in this event-loop iteration has been read. If the connection has ended, this
   * is then known, and the request is sent over another one. A connection that became free in this same iteration has
   * not been read since, so a request that can't be repeated waits for one more iteration.
   */
  send(): void {
    const { held, handler, socket } = this;
    // The request may have failed in the meantime.
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
   * From now on only this client may use the connection, because the third party may have authenticated the client on
   * it. In HAProxy, a connection that went back to the pool after NTLM served the next client as the first one (issues
   * 581 and 2985).
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
      // Bytes that arrive before the request are not a response to it.
      this.fail(new ConnectionLostError("bytes came before the request"));
      return;
    }
    if (!this.handler) {
      // Nothing was requested: a response could be taken for that of a later request.
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
   * Whether the third party itself ended the connection. A paused connection is not read, so it can't have received a
   * FIN: its end was a close_notify, together with the data that paused it.
   */
  private endsWhole(): boolean {
    return this.socket.isPaused() || sawCloseNotify(this.socket);
  }

  /**
   * The response is complete. If the request is not, the connection is closed: the next bytes would still be read as
   * its body.
   */
  private release(): void {
    this.handler = undefined;
    if (this.last || !this.requestSent) this.socket.destroy();
    else if (this.single || this.socket.writableLength === 0) this.free();
    // `writableLength` counts bytes until the iteration's end, even if the network has them. Bytes that are left then
    // may never be read by the third party.
    else setImmediate(() => (this.socket.writableLength === 0 ? this.free() : this.socket.destroy()));
  }

  private free(): void {
    if (this.socket.destroyed) return;
    if (this.socket.isPaused()) this.socket.resume();
    this.idleUntil = performance.now() + this.keepAlive;
    this.freedIn = currentIteration();
    this.owner.released(this);
  }

  /** The third party or the network ended the connection. */
  private lose(error: Error): void {
    if (this.handler) this.fail(this.owner.explain(error, this.heard));
  }

  private fail(error: Error): void {
    const { handler, held } = this;
    this.handler = undefined;
    this.held = "";
    this.socket.destroy();
    // A connection that never carried a response may end like this each time: report that as a failure of this request.
    handler?.onFailure(error, held === "" || !this.heard);
  }
}
