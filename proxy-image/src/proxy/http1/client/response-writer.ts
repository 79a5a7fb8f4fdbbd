import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { sizeLine } from "../chunked";
import type { RequestHead } from "../../message/request-head";
import type { ResponseWriter } from "../../message/response-writer";
import { type DeferredWriter, atEndOfIteration } from "../../event-loop";

/** What a idle connection tells a client, in seconds. */
export const KEEP_ALIVE_SECONDS = 75;

const KEPT = `Connection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_SECONDS}\r\n`;

/** The response to one request, on its way to the client. */
export class Http1ResponseWriter implements ResponseWriter, DeferredWriter {
  /** 0 before its head. */
  status = 0;
  /** Its last byte has been written. */
  ended = false;
  /** Whether the connection ends with it. */
  last: boolean;
  private chunked = false;
  /** Ended in the middle; its last bytes may still be on their way. */
  aborted = false;
  /** The head has a Content-Length. */
  private sized = false;
  /** Written with the first piece of the body, or at the latest by `flush`. */
  private head = "";
  /** What goes out at the end of the event-loop iteration: the response's end, and mostly all of it. */
  private held = "";
  private bodiless = false;
  /** Whether the client may be keeping the body back until it gets leave. */
  private expected: boolean;

  /**
   * @param onEnd is called when all of it has been handed to the network
   */
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

  /** Some of what was written is still here. */
  get pending(): boolean {
    return this.socket.writableLength > 0;
  }

  /**
   * @param fields flat; among them at most one Content-Length, and no other framing
   * @param phrase the reason phrase; default: the registered one
   */
  begin(status: number, fields: readonly string[], phrase = STATUS_CODES[status] ?? ""): void {
    this.status = status;
    // Nobody can tell a body that comes in spite of it from the next request (RFC 9110 §10.1.1).
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
    // RFC 9110 §6.6.1: whoever passes on a response without one adds it.
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

  /** @returns false when the client does not take more for now: the socket's `drain` tells when it does */
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

  /** Sends the head if it has not been: the body may take its time. */
  flush(): void {
    if (this.head !== "") this.socket.write(this.takeHead(), "latin1");
  }

  /**
   * @param body the whole body, as latin1, where nothing of it has been written: it shares the head's write
   * @param trailers pairs; only where `chunked`
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

  /** Sends the end. */
  send(): void {
    const { socket, held } = this;
    // Then its connection has told of the end already.
    if (socket.destroyed) return;
    this.held = "";
    if (held !== "") socket.write(held, "latin1");
    // Most are with the network at once; only the others cost a callback.
    if (socket.writableLength === 0) this.onEnd();
    else socket.write("", () => this.onEnd());
  }

  close(): void {
    this.last = true;
  }

  /** Gives leave to send the body, once, to a client that has asked for it. */
  continue(): void {
    if (!this.expected || this.begun) return;
    this.expected = false;
    this.socket.write("HTTP/1.1 100 Continue\r\n\r\n", "latin1");
  }

  /** 103, where the client's protocol knows interim responses. */
  earlyHints(fields: readonly string[]): void {
    if (this.request?.version !== "1.1") return;
    let text = "HTTP/1.1 103 Early Hints\r\n";
    for (let i = 0; i < fields.length; i += 2) text += `${fields[i]!}: ${fields[i + 1]!}\r\n`;
    this.socket.write(`${text}\r\n`, "latin1");
  }

  /**
   * Takes back a head of which nothing has been sent, so that another can take its place.
   *
   * @returns false where some of it has been sent
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
   * Sends what there is and ends the connection in the middle of the response. A client sees that from a missing last
   * chunk or from missing bytes of a length. Nothing but a reset shows it where the end of the connection is the end
   * of the body (HTTP/1.0), and nothing else is quick where the client has stopped reading.
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

/** RFC 9110 §5.6.7; made once for all responses of a second. */
function httpDate(): string {
  const second = Math.floor(Date.now() / 1_000);
  if (second !== dateOf) {
    dateOf = second;
    dateText = new Date(second * 1_000).toUTCString();
  }
  return dateText;
}
