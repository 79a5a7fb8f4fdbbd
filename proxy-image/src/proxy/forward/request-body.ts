import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { FailureError, requestTooLarge } from "../errors/failures";

/** The caller went away in the middle of its request. */
export class CallerGoneError extends Error {
  override readonly name = "CallerGoneError";
  readonly code = "CALLER_GONE";
}

/** Whether a request has a body, by its framing alone (RFC 9112 §6.3). */
export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers["content-length"];
  return length === undefined ? req.headers["transfer-encoding"] !== undefined : Number(length) > 0;
}

/**
 * The request's body on its way out. A stream of its own, because undici destroys what it is given when the
 * third party answers early (413, 401), and destroying the request itself would take the answer's connection
 * with it.
 */
export class RequestBody extends Readable {
  /** Bytes so far. */
  bytes = 0;
  /** Since when the caller has been waited for, on the exchanges' clock; 0 while it is not its turn. */
  waitingSince = 0;

  /**
   * @param most bytes that the upstream allows
   */
  constructor(
    private readonly req: IncomingMessage,
    most: number,
  ) {
    super();
    // Whoever reads it listens too; without this one the process would end when nobody does yet, or any more.
    this.on("error", () => undefined);
    req.on("data", (chunk: Buffer) => {
      this.bytes += chunk.length;
      if (this.bytes > most) {
        this.destroy(new FailureError(requestTooLarge));
        return;
      }
      if (this.push(chunk)) this.waitingSince = performance.now();
      else {
        this.waitingSince = 0;
        req.pause();
      }
    });
    req.on("end", () => {
      this.waitingSince = 0;
      this.push(null);
    });
    req.on("close", () => {
      this.waitingSince = 0;
      if (!req.complete) this.destroy(new CallerGoneError());
    });
    req.pause();
  }

  override _read(): void {
    this.waitingSince = performance.now();
    this.req.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // What nobody wants any more is read and dropped, so that the answer can still be read by the caller.
    this.req.resume();
    done(error);
  }
}
