import type { BodyConsumer, CallerConnection } from "../http1/client-connection";
import { sizeLine } from "../http1/chunked";
import type { RequestHead } from "../message/request-head";
import type { Connection } from "../http1/upstream-connection";
import { requestTrailers } from "../message/trailers";

/** The request's body on its way to the third party: piece by piece, at the pace of the slower side. */
export class RequestBody implements BodyConsumer {
  /** Bytes so far. */
  bytes = 0;
  /** It has been written to its end. */
  complete = false;
  /** Since when the caller has been waited for, on the exchanges' clock; 0 while it is not its turn. */
  waitingSince = 0;
  /** Since when the third party has been waited for to take more; 0 while it takes all. */
  blockedSince = 0;
  private connection: Connection | undefined;
  /** Is called when the client sends without waiting for leave. */
  private onFirst: (() => void) | undefined;

  /**
   * @param most bytes that the upstream allows
   * @param onTooLarge is called when there are more; then nothing more is sent
   * @param onComplete is called when all has been written
   */
  constructor(
    private readonly caller: CallerConnection,
    private readonly head: RequestHead,
    private readonly most: number,
    private readonly onTooLarge: () => void,
    private readonly onComplete: () => void,
  ) {}

  /**
   * Begins to send; before, nothing is read from the caller.
   *
   * @param onFirst where the caller may be waiting for leave to send: is called when it sends all the same
   */
  start(connection: Connection, onFirst?: () => void): void {
    this.connection = connection;
    this.onFirst = onFirst;
    if (!onFirst) this.waitingSince = performance.now();
    this.caller.read(this);
  }

  /** The caller has leave to send, or needs none. */
  proceed(): void {
    this.onFirst = undefined;
    this.waitingSince = performance.now();
  }

  /** The third party takes more. */
  resume(): void {
    if (!this.connection) return;
    this.blockedSince = 0;
    this.waitingSince = performance.now();
    this.caller.resume();
  }

  /** Sends nothing more. What still comes is read and dropped, so that the caller can read its answer. */
  stop(): void {
    this.connection = undefined;
    this.waitingSince = 0;
    this.blockedSince = 0;
    if (!this.complete) this.caller.drop();
  }

  onBody(piece: Buffer): void {
    const { connection } = this;
    if (!connection) return;
    this.onFirst?.();
    this.bytes += piece.length;
    if (this.bytes > this.most) {
      this.stop();
      this.onTooLarge();
      return;
    }
    let more: boolean;
    if (this.head.chunked) {
      connection.cork();
      connection.write(sizeLine(piece.length));
      connection.write(piece);
      more = connection.write("\r\n");
      connection.uncork();
    } else more = connection.write(piece, () => giveBack(piece));
    this.waitingSince = performance.now();
    if (more) return;
    this.blockedSince = this.waitingSince;
    this.waitingSince = 0;
    this.caller.pause();
  }

  onEnd(trailers: readonly string[]): void {
    const { connection } = this;
    this.complete = true;
    if (!connection) return;
    this.connection = undefined;
    this.waitingSince = 0;
    this.blockedSince = 0;
    if (this.head.chunked) {
      let last = "0\r\n";
      // Not unannounced: a reader that looks for none would take them for the next request.
      const kept = this.head.announcesTrailers ? requestTrailers(trailers) : [];
      for (const [name, value] of kept) last += `${name}: ${value}\r\n`;
      connection.write(`${last}\r\n`);
    }
    connection.finish();
    this.onComplete();
  }
}

/**
 * Frees the memory of a piece that has been sent, where it is the piece's alone: each read is 64 KiB, and the garbage
 * collector, which sees them too late, took a third of the processor's time under large bodies.
 */
function giveBack(piece: Buffer): void {
  if (piece.length === piece.buffer.byteLength) (piece.buffer as ArrayBuffer).transfer(0);
}
