import type { TLSSocket } from "node:tls";
import { type AnswerHead, AnswerReader, type AnswerSink } from "../http1/answer-reader";
import { FailureError, responseTruncated } from "../errors/failures";
import { closes } from "../http1/fields";
import { type Sender, atEndOfTurn } from "../turn";
import type { Binding } from "./bound-connections";
import { sawCloseNotify } from "./close-notify";
import type { Inbox } from "./inbox";
import { namesConnectionScheme } from "../http1/connection-auth";

/** Milliseconds for which an idle connection is kept, unless the third party says otherwise: load balancers keep theirs for 60 s. */
const KEEP_ALIVE = 55_000;
/** The most that a third party can ask for. */
const MOST_KEEP_ALIVE = 60_000;
/** Earlier than the third party: a request that crosses its close would fail. */
const MARGIN = 2_000;

/** A client's connection, as far as connections to third parties depend on it. */
export interface ClientHandle {
  /**
   * Calls back once the client's connection has ended.
   *
   * @returns takes that back
   */
  onClose(listener: () => void): () => void;
}

/** One request, as its connection sees it: what is to be sent, and who gets the answer. */
export interface Requester extends AnswerSink {
  /** Who asks. */
  readonly binding: Binding;
  /** There is a connection, and nothing has been sent: the turn to begin. */
  onConnection(connection: Connection): void;
  /** All that has come has been handed over. */
  onRead(): void;
  /** The connection takes more, after `write` said that it had enough. */
  onDrain(): void;
  /** There will be no answer, or no more of it. */
  onFailure(error: Error): void;
}

/** Where a connection belongs. */
export interface ConnectionOwner {
  /** It is free for the next request. */
  released(connection: Connection): void;
  /** It is gone. */
  closed(connection: Connection): void;
}

/** The third party closed the connection, or it broke, before the answer's end. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
  readonly code = "ECONNRESET";
}

/** A verified connection to a third party: one request at a time, for as long as both sides stay in step. */
export class Connection implements AnswerSink, Sender {
  /** When it is closed if nobody uses it, on `performance.now()`'s clock. */
  idleUntil = performance.now() + KEEP_ALIVE;
  /** The only client that may use it; undefined: any. */
  binding: Binding | undefined;
  private requester: Requester | undefined;
  private reader: AnswerReader | undefined;
  private requestSent = false;
  /** A whole request that goes out at the end of the turn. */
  private held = "";
  /** The request was one write with none waiting before it: the network has it, though TLS may tell so later. */
  private single = false;
  private last = false;
  private keepAlive = KEEP_ALIVE;

  constructor(
    private readonly socket: TLSSocket,
    private readonly inbox: Inbox,
    private readonly owner: ConnectionOwner,
  ) {
    if (!inbox.open((bytes) => this.read(bytes))) socket.destroy();
    socket.on("drain", () => this.requester?.onDrain());
    socket.on("end", () => this.ended());
    socket.on("error", (error: Error) => this.fail(error));
    socket.on("close", () => {
      this.fail(new ConnectionLostError("the connection was closed"));
      owner.closed(this);
    });
  }

  get usable(): boolean {
    return !this.socket.destroyed && this.socket.writable;
  }

  /**
   * Sends a request's head. What there is of a body must follow, and `finish` behind it.
   *
   * @param head as latin1, with the empty line
   * @param bodiless whether the request is HEAD
   * @param last whether no other request may come behind this one
   */
  begin(requester: Requester, head: string, bodiless: boolean, last: boolean): void {
    this.expect(requester, bodiless, last);
    this.single = false;
    this.socket.write(head, "latin1");
  }

  /** Sends a request that has no body; else as `begin`. */
  request(requester: Requester, head: string, bodiless: boolean, last: boolean): void {
    this.expect(requester, bodiless, last);
    this.held = head;
    atEndOfTurn(this);
  }

  send(): void {
    const { held } = this;
    // It may have failed since.
    if (held === "" || !this.requester) return;
    this.held = "";
    this.requestSent = true;
    this.single = this.socket.writableLength === 0;
    this.socket.write(held, "latin1");
  }

  /**
   * @param then is called when the piece is not needed any more
   * @returns false when it has enough: then `onDrain` tells when it takes more
   */
  write(piece: Buffer | string, then?: () => void): boolean {
    return typeof piece === "string" ? this.socket.write(piece, "latin1") : this.socket.write(piece, then);
  }

  /** Several writes become one. */
  cork(): void {
    this.socket.cork();
  }

  uncork(): void {
    this.socket.uncork();
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

  /** The request has been written to its end. */
  finish(): void {
    this.requestSent = true;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** The bytes that were just handed over are still needed. */
  keep(): void {
    this.inbox.keep();
  }

  /** Ends it at once; its requester is told nothing more. */
  destroy(): void {
    this.requester = undefined;
    this.socket.destroy();
  }

  onHead(head: AnswerHead): void {
    if (head.last) this.last = true;
    this.readConnection(head.fields);
    this.requester?.onHead(head);
  }

  onBody(piece: Buffer): void {
    this.requester?.onBody(piece);
  }

  onEnd(trailers: readonly string[]): void {
    this.requester?.onEnd(trailers);
  }

  private expect(requester: Requester, bodiless: boolean, last: boolean): void {
    this.requester = requester;
    this.reader = new AnswerReader(this, bodiless);
    this.requestSent = false;
    this.last = last;
  }

  private read(bytes: Buffer): void {
    if (this.held !== "") {
      // What was not asked for yet is no answer to it.
      this.fail(new ConnectionLostError("bytes came before the request"));
      return;
    }
    if (!this.requester) {
      // Nothing was asked for: an answer from here on could be taken for another request's.
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
      (this.requester as Requester | undefined)?.onRead();
      return;
    }
    if (used < bytes.length) this.last = true;
    this.release();
  }

  private ended(): void {
    if (!this.requester) {
      this.socket.destroy();
      return;
    }
    this.last = true;
    if (this.reader!.untilClose && !this.endsWhole()) {
      this.fail(new FailureError(responseTruncated));
      return;
    }
    try {
      if (this.reader!.close()) this.release();
      else this.fail(new ConnectionLostError("the connection ended before the answer did"));
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

  /** The answer is complete. Where the request is not, the connection's next bytes would still be its body. */
  private release(): void {
    this.requester = undefined;
    if (this.last || !this.requestSent) this.socket.destroy();
    else if (this.single || this.socket.writableLength === 0) this.free();
    // Even what the network has counts until the turn's end. Where it has not: what is perhaps never read.
    else setImmediate(() => (this.socket.writableLength === 0 ? this.free() : this.socket.destroy()));
  }

  private free(): void {
    if (this.socket.destroyed) return;
    if (this.socket.isPaused()) this.socket.resume();
    this.idleUntil = performance.now() + this.keepAlive;
    this.owner.released(this);
  }

  private fail(error: Error): void {
    const { requester } = this;
    this.requester = undefined;
    this.socket.destroy();
    requester?.onFailure(error);
  }

  /** How long the connection may be kept, by the third party's word, and for whom. */
  private readConnection(fields: readonly string[]): void {
    for (let i = 0; i < fields.length; i += 2) {
      const name = fields[i]!;
      if (isSignOn(name, fields[i + 1]!) && this.requester) this.bind(this.requester.binding);
      if (name.length !== 10) continue;
      const lower = name.toLowerCase();
      if (lower === "connection") {
        if (closes(fields[i + 1]!)) this.last = true;
      } else if (lower === "keep-alive") {
        const seconds = /(?:^|[,;\s])timeout=(\d{1,6})/i.exec(fields[i + 1]!)?.[1];
        if (seconds === undefined) continue;
        this.keepAlive = Math.min(Number(seconds) * 1_000 - MARGIN, MOST_KEEP_ALIVE);
        if (this.keepAlive <= 0) this.last = true;
      }
    }
  }
}

/** Whether a response's field says that the connection is, or is about to be, signed on. */
function isSignOn(name: string, value: string): boolean {
  if (name.length === 16) return name.toLowerCase() === "www-authenticate" && namesConnectionScheme(value);
  return name.length === 15 && name.toLowerCase() === "persistent-auth";
}
