import type { IncomingMessage } from "node:http";
import { sizeLine } from "../http1/chunked";
import type { Connection } from "../upstream/connection";
import { requestTrailers } from "./trailers";

/** Whether a request has a body, by its framing alone (RFC 9112 §6.3). */
export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers["content-length"];
  return length === undefined ? req.headers["transfer-encoding"] !== undefined : Number(length) > 0;
}

/** The request's body on its way to the third party: piece by piece, at the pace of the slower side. */
export class RequestBody {
  /** Bytes so far. */
  bytes = 0;
  /** Since when the caller has been waited for, on the exchanges' clock; 0 while it is not its turn. */
  waitingSince = 0;
  /** Since when the third party has been waited for to take more; 0 while it takes all. */
  blockedSince = 0;
  private connection: Connection | undefined;

  /**
   * @param most bytes that the upstream allows
   * @param tooLarge is called when there are more; then nothing more is sent
   * @param complete is called when all has been written
   */
  constructor(
    private readonly req: IncomingMessage,
    private readonly most: number,
    private readonly tooLarge: () => void,
    private readonly complete: () => void,
  ) {}

  /** Begins to send; before, nothing is read from the caller. */
  start(connection: Connection): void {
    this.connection = connection;
    this.waitingSince = performance.now();
    const chunked = this.req.headers["transfer-encoding"] !== undefined;
    this.req.on("data", (piece: Buffer) => this.send(piece, chunked));
    this.req.on("end", () => this.end(chunked));
  }

  /** The third party takes more. */
  resume(): void {
    if (!this.connection) return;
    this.blockedSince = 0;
    this.waitingSince = performance.now();
    this.req.resume();
  }

  /** Sends nothing more. What still comes is read and dropped, so that the caller can read its answer. */
  stop(): void {
    this.connection = undefined;
    this.waitingSince = 0;
    this.blockedSince = 0;
    this.req.resume();
  }

  private send(piece: Buffer, chunked: boolean): void {
    const { connection } = this;
    if (!connection) return;
    this.bytes += piece.length;
    if (this.bytes > this.most) {
      this.stop();
      this.tooLarge();
      return;
    }
    let more: boolean;
    if (chunked) {
      connection.cork();
      connection.write(sizeLine(piece.length));
      connection.write(piece);
      more = connection.write("\r\n");
      connection.uncork();
    } else more = connection.write(piece);
    this.waitingSince = performance.now();
    if (more) return;
    this.blockedSince = this.waitingSince;
    this.waitingSince = 0;
    this.req.pause();
  }

  private end(chunked: boolean): void {
    const { connection } = this;
    if (!connection) return;
    this.connection = undefined;
    this.waitingSince = 0;
    this.blockedSince = 0;
    if (chunked) {
      let last = "0\r\n";
      for (const [name, value] of requestTrailers(this.req.rawTrailers)) last += `${name}: ${value}\r\n`;
      connection.write(`${last}\r\n`);
    }
    connection.finish();
    this.complete();
  }
}
