import type { ServerResponse } from "node:http";
import type { Dispatcher } from "undici";
import { classify } from "../errors/classify";
import { FailureError, connectionTerminated, responseIncomplete } from "../errors/failures";
import { type Exchange, exchangeOf } from "../exchange";
import { CallerGoneError, type RequestBody } from "./request-body";
import { responseHeaders } from "./response-headers";

/** Interim answers (1xx) that are passed on for one request; more are a third party that plays for time. */
const MOST_INTERIM = 16;

/** undici's controller as it is; its types leave out what it was built for. */
type Controller = Dispatcher.DispatchController & {
  readonly rawHeaders?: Buffer[] | null;
  readonly rawTrailers?: Buffer[] | null;
};

/**
 * One request on its way: undici calls it with the third party's answer, piece by piece. One object per
 * request and no closures; the answer's events find it through the exchange.
 */
export class Forwarding implements Dispatcher.DispatchHandler {
  private controller: Controller | undefined;
  private interim = 0;
  private done = false;
  private readonly res: ServerResponse;

  constructor(
    private readonly exchange: Exchange,
    private readonly via: string,
    private readonly draining: () => boolean,
    private readonly body: RequestBody | undefined,
  ) {
    this.res = exchange.res;
    exchange.forwarding = this;
    this.res.on("drain", onDrain);
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller;
    if (this.exchange.abandoned) controller.abort(new CallerGoneError());
  }

  onResponseStart(controller: Controller, status: number): void {
    const headers = responseHeaders(controller.rawHeaders ?? [], status, this.via);
    if (status < 200) {
      this.passInterim(controller, status, headers);
      return;
    }
    if (this.draining()) headers.push("Connection", "close");
    // The third party's reason phrase means nothing (RFC 9112 §4): Node's own is one hostile text less.
    this.res.writeHead(status, headers);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.exchange.bytesOut += chunk.length;
    if (!this.res.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.done = true;
    this.res.end();
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.done = true;
    const { exchange, body } = this;
    // undici tells why it stopped; when the caller left, that is the reason behind all others.
    if (exchange.abandoned || error instanceof CallerGoneError) return;
    body?.destroy();
    const reason = error instanceof FailureError ? error.reason : undefined;
    exchange.cause = error;
    const failure = classify(error);
    exchange.refuse(
      failure === connectionTerminated && this.res.headersSent ? responseIncomplete : failure,
      reason,
    );
  }

  /** The caller has gone: nothing more is fetched for it. */
  abandon(): void {
    if (this.done) return;
    this.exchange.abandoned = true;
    this.controller?.abort(new CallerGoneError());
  }

  /** The caller reads on. */
  resume(): void {
    if (!this.done) this.controller?.resume();
  }

  private passInterim(controller: Controller, status: number, headers: string[]): void {
    if (++this.interim > MOST_INTERIM) {
      controller.abort(Object.assign(new Error("interim answers"), { code: "HPE_TOO_MANY_INTERIM" }));
      return;
    }
    if (status === 103 && this.exchange.req.httpVersionMinor > 0) writeInterim(this.res, status, headers);
  }
}

/** Node has a method for 103 that accepts nothing but Link; the answer's own buffer takes the rest. */
function writeInterim(res: ServerResponse, status: number, headers: readonly string[]): void {
  let text = `HTTP/1.1 ${status} Early Hints\r\n`;
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]!}: ${headers[i + 1]!}\r\n`;
  (res as ServerResponse & RawWriter)._writeRaw(`${text}\r\n`, "latin1");
}

interface RawWriter {
  _writeRaw(text: string, encoding: BufferEncoding): void;
}

function onDrain(this: ServerResponse): void {
  exchangeOf(this).forwarding?.resume();
}
