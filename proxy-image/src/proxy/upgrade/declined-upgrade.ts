import type { Socket } from "node:net";
import { FailureError, responseTruncated } from "../errors/failures";
import { sawCloseNotify } from "../http1/upstream/close-notify";
import { upstreamError } from "../upstream/tls/upstream-error";
import type { IncomingMessage } from "node:http";
import type { Exchange } from "../exchange/exchange";
import { framingOf } from "../http1/framing";
import type { ResponseRewriter } from "../forward/links";
import { ResponsePipeline, type PipelineOptions } from "../forward/response-pipeline";

/** Passes on the third party's response to an upgrade if it does not switch protocols: 401, 403, 426 ... */
export class DeclinedUpgrade extends ResponsePipeline {
  constructor(
    exchange: Exchange,
    options: PipelineOptions,
    links: ResponseRewriter,
    private readonly response: IncomingMessage,
  ) {
    super(exchange, options, links);
    response.on("data", (chunk: Buffer) => this.guard(() => this.data(chunk)));
    response.on("end", () => this.guard(() => this.end(response.rawTrailers)));
    response.on("error", (error) => this.fail(upstreamError(error)));
    this.guard(() => {
      const { length, chunked } = framingOf(response.rawHeaders);
      if (length === undefined && !chunked) this.watchEnd(response.socket);
      this.head(response.statusCode!, response.rawHeaders, length);
    });
  }

  /**
   * Here only the connection's end ends the body. Runs before Node's own listener, which destroys the socket and
   * accepts any end.
   */
  private watchEnd(socket: Socket): void {
    socket.prependOnceListener("end", () => {
      if (!sawCloseNotify(socket)) this.abort(new FailureError(responseTruncated));
    });
  }

  protected keepPiece(): void {
    // Nothing to do: Node allocates a buffer for each piece.
  }

  protected pauseSource(): void {
    this.response.pause();
  }

  protected resumeSource(): void {
    this.response.resume();
  }

  protected abortSource(): void {
    this.response.destroy();
  }

  private guard(step: () => void): void {
    if (this.done) return;
    try {
      step();
    } catch (error) {
      this.fail(error as Error);
      this.abortSource();
    }
  }
}
