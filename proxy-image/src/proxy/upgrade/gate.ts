import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { CLIENT_TIMEOUTS } from "../http1/client/client-timeouts";

/**
 * What http-proxy-middleware gets for the client's socket. It does two things that http-proxy-middleware does not:
 *
 * - The third party's 101, which is written to it as it came, stops here, and the verified and filtered one goes out in
 *   its place.
 * - It ends both connections. http-proxy-middleware pipes one socket into the other and back, and a pipe passes on a
 *   FIN only: when the client's socket is reset or destroyed, its pipe is taken off, and the third party's socket stays
 *   open for ever (2,000 resets left 2,000 connections and 174 MB).
 *
 * A FIN is passed on by the pipes, in both directions, so that what the other side still sends arrives. From then on
 * the pair ends when no byte has passed for `idle`. A client that is gone ends the third party's side at once: nobody
 * reads what it sends. A third party that is gone ends the client's side when that has what was sent to it.
 *
 * A side that does not take what the other sends is not noticed here: the exchanges' clock ends such a pair, because a
 * reset does not show on a socket that is not read from.
 */
export class UpgradeGate extends Duplex {
  /** Bytes to the client, after the handshake. */
  bytesOut = 0;
  /** When a byte came last, from either side, on the exchanges' clock. */
  activeAt = performance.now();
  /** Since when the third party has been waited for to take more, on the exchanges' clock; 0 while it takes all. */
  blockedSince = 0;
  /** The same of the client. */
  pausedSince = 0;
  private written: ((error?: Error | null) => void) | undefined;
  private head: string | undefined;
  private opened = false;
  private upstream: Socket | undefined;
  /** Ends the pair; undefined for as long as both sides may send. */
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param early what came behind the handshake. More of that is kept up to the stream's mark (64 KiB); then the client
   *   is not read from until there is a 101. Up to there it is, because a reset shows on a socket that is read from only.
   * @param idle milliseconds without a byte after which a pair ends of which one side has ended
   */
  constructor(
    private readonly client: Socket,
    early: Buffer,
    private readonly idle: number,
  ) {
    // Once both directions have ended, the sockets may still have bytes to send.
    super({ autoDestroy: false });
    if (early.length > 0) this.push(early);
    client.on("data", this.onData);
    client.on("end", this.onClientEnd);
    client.resume();
    // Its errors are the pipes' way of ending; the exchange tells the reason.
    this.on("error", () => undefined);
  }

  /**
   * The handshake is right: what is written from now on reaches the client, behind this head.
   *
   * @param upstream the third party's socket; it ends with the client's, and the client's with it
   */
  open(head: string, upstream: Socket): void {
    this.head = head;
    this.upstream = upstream;
    this.activeAt = performance.now();
    if (this.client.isPaused()) this.blockedSince = performance.now();
    // Node would answer one side's FIN by its own.
    this.client.allowHalfOpen = true;
    upstream.allowHalfOpen = true;
    upstream.on("end", () => this.endWithin(this.idle));
    upstream.on("close", () => this.upstreamClosed());
  }

  /** Whether the client has ended as it should, and the third party has yet to take its last bytes. */
  get finishing(): boolean {
    const { client, upstream } = this;
    if (this.destroyed || !upstream || upstream.destroyed || client.errored) return false;
    return client.readableEnded && client.writableFinished;
  }

  /** http-proxy-middleware sets these on what it takes for a socket; the server has set its own. */
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

  /** Ends both sides, at once. Before the handshake the client still gets a response over its socket. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.timer);
    if (this.upstream) {
      this.upstream.destroy();
      this.client.destroy();
    } else {
      this.client.off("data", this.onData);
      this.client.off("end", this.onClientEnd);
      // Read on, so that an end still shows, and dropped: behind a refused handshake nothing means anything.
      this.client.on("data", () => undefined);
      this.client.resume();
    }
    done(error);
  }

  private readonly onData = (chunk: Buffer): void => {
    // Dropped: who it was for is gone.
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

  /** The client gets what was passed on, and a FIN behind it. */
  private upstreamClosed(): void {
    if (this.client.destroyed) {
      this.destroy();
      return;
    }
    this.client.resume();
    this.endWithin(this.idle);
    // As behind a refusal (RFC 9112 §9.6): a close with unread bytes is a reset, and could take the last bytes with it.
    this.end(() => this.endWithin(CLIENT_TIMEOUTS.linger));
  }

  private endWithin(milliseconds: number): void {
    if (this.destroyed) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.destroy(), milliseconds);
  }
}
