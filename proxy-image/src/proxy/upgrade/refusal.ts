import { upstreamError } from "../upstream/tls/upstream-error";
import type { IncomingMessage } from "node:http";
import type { Exchange } from "../exchange/exchange";
import { framingOf } from "../http1/framing";
import type { LinkRewriter } from "../forward/links";
import { ResponsePipeline, type PipelineOptions } from "../forward/response-pipeline";

/** The third party's answer to an upgrade where it does not switch protocols: 401, 403, 426 ... */
export class RefusalRelay extends ResponsePipeline {
  constructor(
    exchange: Exchange,
    options: PipelineOptions,
    links: LinkRewriter,
    private readonly answer: IncomingMessage,
  ) {
    super(exchange, options, links);
    answer.on("data", (chunk: Buffer) => this.guard(() => this.data(chunk)));
    answer.on("end", () => this.guard(() => this.end(answer.rawTrailers)));
    answer.on("error", (error) => this.fail(upstreamError(error)));
    this.guard(() => this.head(answer.statusCode!, answer.rawHeaders, framingOf(answer.rawHeaders).length));
  }

  protected keepPiece(): void {
    // Node gives every piece a buffer of its own.
  }

  protected pauseSource(): void {
    this.answer.pause();
  }

  protected resumeSource(): void {
    this.answer.resume();
  }

  protected abortSource(): void {
    this.answer.destroy();
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
