import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";

/** The caller went away in the middle of its request. */
export class CallerGoneError extends Error {
  override readonly name = "CallerGoneError";
  readonly code = "CALLER_GONE";
}

/** Whether a request has a body, by its framing alone (RFC 9112 §6.3). */
export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers["content-length"];
  return length === undefined ? req.headers["transfer-encoding"] !== undefined : length !== "0";
}

/**
 * The request's body on its way out. A stream of its own, because undici destroys what it is given when the
 * third party answers early (413, 401), and destroying the request itself would take the answer's connection
 * with it.
 */
export class RequestBody extends Readable {
  /** Bytes so far. */
  bytes = 0;

  constructor(private readonly req: IncomingMessage) {
    super();
    req.on("data", (chunk: Buffer) => {
      this.bytes += chunk.length;
      if (!this.push(chunk)) req.pause();
    });
    req.on("end", () => this.push(null));
    req.on("close", () => {
      if (!req.complete) this.destroy(new CallerGoneError());
    });
    req.pause();
  }

  override _read(): void {
    this.req.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // What nobody wants any more is read and dropped, so that the answer can still be read by the caller.
    this.req.resume();
    done(error);
  }
}
