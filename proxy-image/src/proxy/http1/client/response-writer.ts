import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { sizeLine } from "../chunked";
import type { RequestHead } from "../../message/request-head";
import type { ResponseWriter } from "../../message/response-writer";
import { type DeferredWriter, atEndOfIteration } from "../../event-loop";

/** Seconds for which a client may keep an idle connection; sent in Keep-Alive. */
export const KEEP_ALIVE_SECONDS = 75;

const KEPT = `Connection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_SECONDS}\r\n`;

/** Writes the response to one request. */
export class Http1ResponseWriter implements ResponseWriter, DeferredWriter {
  /** 0 before the head has been written. */
  status = 0;
  /** Its last byte has been written. */
  ended = false;
  /** Whether the connection ends with this response. */
  last: boolean;
  private chunked = false;
  /** Ended before the response was complete; its last bytes may not have been sent yet. */
  aborted = false;
  /** The head has a Content-Length. */
  private sized = false;
  /** Written with the first piece of the body, or by `flush` at the latest. */
  private head = "";
  /** Bytes that are sent at the end of the event-loop iteration: the response's end, and usually the whole response. */
  private held = "";
  private bodiless = false;
  /** Whether the client may wait for `100 Continue` before it sends the body. */
  private expected: boolean;

  /** @param onEnd called when the whole response has been handed to the network */
  constructor(
    private readonly socket: Socket,
    private readonly request: RequestHead | undefined,
    private readonly onEnd: () => void,
  ) {
    this.last = request === undefined || request.last;
    this.expected = request?.expect !== undefined && request.hasBody;
  }

  get takesTrailers(): boolean {
    return this.chunked;
  }

  get begun(): boolean {
    return this.status !== 0;
  }

  /** Some of what was written has not been handed to the network. */
  get pending(): boolean {
    return this.socket.writableLength > 0;
  }

  /**
   * @param fields flat; among them at most one Content-Length, and no other framing
   * @param phrase the reason phrase; default: the registered one
   */
  begin(status: number, fields: readonly string[], phrase = STATUS_CODES[status] ?? ""): void {
    this.status = status;
    // If the client sends its body nevertheless, it can't be told apart from the next request (RFC 9110 §10.1.1).
    if (this.expected) this.last = true;
    let text = `HTTP/1.1 ${status} ${phrase}\r\n`;
    let length = false;
    let date = false;
    for (let i = 0; i < fields.length; i += 2) {
      const name = fields[i]!;
      if (name.length === 14 && name.toLowerCase() === "content-length") length = true;
      else if (name.length === 4 && name.toLowerCase() === "date") date = true;
      text += `${name}: ${fields[i + 1]!}\r\n`;
    }
    // RFC 9110 §6.6.1: a recipient that forwards a response without a Date adds one.
    if (!date) text += `Date: ${httpDate()}\r\n`;
    this.sized = length;
    this.bodiless = this.request?.method === "HEAD" || status === 204 || status === 304;
    if (!length && !this.bodiless) {
      if (this.request?.version === "1.1") {
        this.chunked = true;
        text += "Transfer-Encoding: chunked\r\n";
      } else this.last = true;
    }
    this.head = `${text}${this.last ? "Connection: close\r\n" : KEPT}\r\n`;
  }

  /** @returns false if the client takes no more for now; the socket's `drain` event tells when it does */
  write(piece: Buffer): boolean {
    if (this.bodiless || piece.length === 0) return true;
    const { socket, chunked } = this;
    if (!chunked && this.head === "") return socket.write(piece);
    socket.cork();
    if (this.head !== "" || chunked)
      socket.write(this.takeHead() + (chunked ? sizeLine(piece.length) : ""), "latin1");
    let more = socket.write(piece);
    if (chunked) more = socket.write("\r\n", "latin1");
    socket.uncork();
    return more;
  }

  /** Sends the head if it has not been sent: the body may come much later. */
  flush(): void {
    if (this.head !== "") this.socket.write(this.takeHead(), "latin1");
  }

  /**
   * @param body the whole body, as latin1, if nothing of it has been written: it shares the head's write
   * @param trailers pairs; only if `chunked`
   */
  end(body = "", trailers: readonly (readonly [string, string])[] = []): void {
    if (this.ended) return;
    this.ended = true;
    let text = this.takeHead();
    if (!this.bodiless) {
      if (!this.chunked) text += body;
      else {
        if (body !== "") text += `${sizeLine(body.length)}${body}\r\n`;
        text += "0\r\n";
        for (const [name, value] of trailers) text += `${name}: ${value}\r\n`;
        text += "\r\n";
      }
    }
    this.held = text;
    atEndOfIteration(this);
  }

  /** Sends the held bytes and ends the response. */
  send(): void {
    const { socket, held } = this;
    // The connection has reported its end already.
    if (socket.destroyed) return;
    this.held = "";
    if (held !== "") socket.write(held, "latin1");
    // Mostly the network takes all bytes at once; only otherwise a callback is needed.
    if (socket.writableLength === 0) this.onEnd();
    else socket.write("", () => this.onEnd());
  }

  close(): void {
    this.last = true;
  }

  /** Sends `100 Continue`, once, to a client that has asked for it. */
  continue(): void {
    if (!this.expected || this.begun) return;
    this.expected = false;
    this.socket.write("HTTP/1.1 100 Continue\r\n\r\n", "latin1");
  }

  /** Sends 103, if the client's protocol has interim responses. */
  earlyHints(fields: readonly string[]): void {
    if (this.request?.version !== "1.1") return;
    let text = "HTTP/1.1 103 Early Hints\r\n";
    for (let i = 0; i < fields.length; i += 2) text += `${fields[i]!}: ${fields[i + 1]!}\r\n`;
    this.socket.write(`${text}\r\n`, "latin1");
  }

  /**
   * Discards a head that has not been sent, so that another can replace it.
   *
   * @returns false if some of it has been sent
   */
  withdraw(): boolean {
    if (this.head === "" || this.ended) return false;
    this.head = "";
    this.status = 0;
    this.chunked = false;
    this.sized = false;
    return true;
  }

  /**
   * Sends what has been written and ends the connection before the response is complete. The client sees this by a
   * missing last chunk, or by missing bytes of a Content-Length. The connection is reset if its end is the end of the
   * body (HTTP/1.0), because nothing else shows the error, and if the client has stopped reading, because nothing else
   * is quick.
   */
  abort(): void {
    this.aborted = true;
    const { socket } = this;
    this.flush();
    if ((this.chunked || this.sized) && !socket.writableNeedDrain) socket.destroySoon();
    else socket.resetAndDestroy();
  }

  private takeHead(): string {
    const { head } = this;
    this.head = "";
    return head;
  }
}

let dateOf = 0;
let dateText = "";

/** RFC 9110 §5.6.7; computed once per second. */
function httpDate(): string {
  const second = Math.floor(Date.now() / 1_000);
  if (second !== dateOf) {
    dateOf = second;
    dateText = new Date(second * 1_000).toUTCString();
  }
  return dateText;
}
