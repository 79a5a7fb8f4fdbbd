import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/**
 * What http-proxy-middleware gets for the caller's socket. It writes the third party's 101 as it came, to
 * whatever it is given: here that text stops, and the verified and filtered one goes out in its place.
 */
export class UpgradeGate extends Duplex {
  /** Bytes to the caller, after the handshake. */
  bytesOut = 0;
  private head: string | undefined;
  private opened = false;

  constructor(private readonly caller: Socket) {
    super();
    caller.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) caller.pause();
    });
    caller.on("end", () => this.push(null));
    caller.on("close", () => this.destroy());
    caller.on("error", () => this.destroy());
    caller.pause();
    // Its errors are the pipes' way of ending; the exchange tells the reason.
    this.on("error", () => undefined);
  }

  /** The handshake is right: what is written from now on reaches the caller, behind this head. */
  open(head: string): void {
    this.head = head;
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
    this.caller.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.opened) {
      this.bytesOut += chunk.length;
      this.caller.write(chunk, done);
      return;
    }
    if (this.head === undefined) {
      done(new Error("written to before the handshake"));
      return;
    }
    this.opened = true;
    this.caller.write(this.head, "latin1", done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.caller.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // Before the handshake the caller still gets an answer over its socket.
    if (this.opened) this.caller.destroy();
    done(error);
  }
}
