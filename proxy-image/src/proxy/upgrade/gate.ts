import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { CLIENT_TIMEOUTS } from "../http1/client/client-timeouts";

/**
 * The stream that http-proxy-middleware gets in place of the client's socket. It does two things that
 * http-proxy-middleware does not:
 *
 * - It drops the third party's 101, which http-proxy-middleware writes unchanged, and sends the verified and filtered
 *   one.
 * - It ends both connections. http-proxy-middleware pipes each socket into the other, and a pipe passes on a FIN only:
 *   when the client's socket is reset or destroyed, its pipe is removed, and the third party's socket stays open for
 *   ever (2,000 resets left 2,000 connections and 174 MB).
 *
 * The pipes pass on a FIN in both directions, so that what the other side still sends arrives. From then on the pair
 * ends when no byte has passed for `idle`. If the client has gone, the third party's side ends at once: nothing can
 * receive what it sends. If the third party has gone, the client's side ends when the client has received what was sent
 * to it.
 *
 * A side that does not take the other's bytes is not detected here, because a reset does not show on a socket that is
 * not read from. The exchanges' clock ends such a pair.
 */
export class UpgradeGate extends Duplex {
  /** Bytes to the client, after the handshake. */
  bytesOut = 0;
  /** When the last byte arrived, from either side, on the exchanges' clock. */
  activeAt = performance.now();
  /** When the third party stopped taking bytes, on the exchanges' clock; 0 while it takes them. */
  blockedSince = 0;
  /** When the client stopped taking bytes; 0 while it takes them. */
  pausedSince = 0;
  private written: ((error?: Error | null) => void) | undefined;
  private head: string | undefined;
  private opened = false;
  private upstream: Socket | undefined;
  /** Ends the pair; undefined as long as both sides may send. */
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param early bytes that arrived after the handshake. More of them are buffered up to the stream's high-water mark
   * (64 KiB); then the client is not read from until there is a 101. It is read from until then because a reset shows
   * only on a socket that is read from.
   * @param idle milliseconds without a byte after which a pair ends if one side has ended
   */
  constructor(
    private readonly client: Socket,
    early: Buffer,
    private readonly idle: number,
  ) {
    // When both directions have ended, the sockets may still have bytes to send.
    super({ autoDestroy: false });
    if (early.length > 0) this.push(early);
    client.on("data", this.onData);
    client.on("end", this.onClientEnd);
    client.resume();
    // The pipes end by errors; the exchange records the reason.
    this.on("error", () => undefined);
  }

  /**
   * The handshake is valid: what is written from now on reaches the client, after this head.
   *
   * @param upstream the third party's socket; it ends with the client's, and the client's with it
   */
  open(head: string, upstream: Socket): void {
    this.head = head;
    this.upstream = upstream;
    this.activeAt = performance.now();
    if (this.client.isPaused()) this.blockedSince = performance.now();
    // Otherwise Node would respond to one side's FIN with its own.
    this.client.allowHalfOpen = true;
    upstream.allowHalfOpen = true;
    upstream.on("end", () => this.endWithin(this.idle));
    upstream.on("close", () => this.upstreamClosed());
  }

  /** Whether the client has ended normally, and the third party has yet to take its last bytes. */
  get finishing(): boolean {
    const { client, upstream } = this;
    if (this.destroyed || !upstream || upstream.destroyed || client.errored) return false;
    return client.readableEnded && client.writableFinished;
  }

  /** http-proxy-middleware calls these on what it takes for a socket; the server has set its own values. */
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }

  override _read(): void {
    this.blockedSince = 0;
    this.client.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.opened) {
      this.bytesOut += chunk.length;
      this.timer?.refresh();
      this.pausedSince = performance.now();
      this.activeAt = this.pausedSince;
      this.written = done;
      this.client.write(chunk, this.onWritten);
      return;
    }
    if (this.head === undefined) {
      done(new Error("written to before the handshake"));
      return;
    }
    this.opened = true;
    this.client.write(this.head, "latin1", done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.client.end(() => done());
  }

  /** Ends both sides at once. Before the handshake the client still gets a response over its socket. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.timer);
    if (this.upstream) {
      this.upstream.destroy();
      this.client.destroy();
    } else {
      this.client.off("data", this.onData);
      this.client.off("end", this.onClientEnd);
      // Read to notice the connection's end. The bytes are dropped: after a failed handshake they have no meaning.
      this.client.on("data", () => undefined);
      this.client.resume();
    }
    done(error);
  }

  private readonly onData = (chunk: Buffer): void => {
    // The receiver has gone.
    if (this.upstream?.destroyed) return;
    this.timer?.refresh();
    this.activeAt = performance.now();
    if (this.push(chunk)) return;
    this.client.pause();
    if (this.upstream) this.blockedSince = performance.now();
  };

  private readonly onWritten = (error?: Error | null): void => {
    this.pausedSince = 0;
    this.written!(error);
  };

  private readonly onClientEnd = (): void => {
    this.push(null);
    this.endWithin(this.idle);
  };

  /** The client gets what was passed on, and then a FIN. */
  private upstreamClosed(): void {
    if (this.client.destroyed) {
      this.destroy();
      return;
    }
    this.client.resume();
    this.endWithin(this.idle);
    // As in `ClientConnection` (RFC 9112 §9.6): a close with unread bytes is a reset, and the last bytes could be lost.
    this.end(() => this.endWithin(CLIENT_TIMEOUTS.linger));
  }

  private endWithin(milliseconds: number): void {
    if (this.destroyed) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.destroy(), milliseconds);
  }
}
