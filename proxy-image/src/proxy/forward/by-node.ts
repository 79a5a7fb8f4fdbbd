import https from "node:https";
import type { ClientRequest, IncomingMessage } from "node:http";
import { FailureError, responseStalled, responseTimeout, upgradeFailed } from "../errors/failures";
import type { Exchange } from "../exchange";
import type { LinkRewriter } from "./links";
import { Relay, type RelayOptions } from "./relay";
import { hasBody } from "./request-body";
import { requestTrailers } from "./trailers";

/**
 * Fetches by node:https, on a connection of its own: for what undici can't say, `Expect: 100-continue`, where
 * the third party and not the proxy gives leave to send the body, and trailers behind a request.
 */
export class NodeRelay extends Relay {
  private readonly request: ClientRequest;
  private answer: IncomingMessage | undefined;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param headers flat, as they go out, without Host
   */
  constructor(exchange: Exchange, options: RelayOptions, links: LinkRewriter, headers: readonly string[]) {
    super(exchange, options, links);
    const { req, origin, destination } = exchange;
    const { timeouts } = destination!.route.upstream;
    const expects = req.headers.expect !== undefined;
    const chunked = req.headers["transfer-encoding"] !== undefined;
    this.request = https.request({
      method: req.method,
      path: req.url,
      agent: origin!.agent,
      headers: [
        ...["Host", origin!.authority],
        ...headers,
        ...(expects ? ["Expect", "100-continue"] : []),
        ...(chunked ? ["Transfer-Encoding", "chunked"] : []),
      ],
    } as unknown as https.RequestOptions);
    const { request } = this;
    request.on("error", (error) => this.fail(error));
    request.on("upgrade", (_answer, socket) => {
      socket.destroy();
      this.fail(new FailureError(upgradeFailed));
    });
    request.on("information", ({ statusCode, rawHeaders }) => {
      if (statusCode !== 100) this.guard(() => this.head(statusCode, rawHeaders));
    });
    request.on("response", (answer) => this.relay(answer, timeouts.idle));
    if (expects) {
      request.on("continue", () => {
        exchange.res.writeContinue();
        this.sendBody(timeouts.response);
      });
      this.limit(timeouts.response, responseTimeout);
      request.flushHeaders();
    } else this.sendBody(timeouts.response);
  }

  protected pauseSource(): void {
    this.answer?.pause();
    clearTimeout(this.timer);
  }

  protected resumeSource(): void {
    this.answer?.resume();
  }

  protected abortSource(error: Error): void {
    clearTimeout(this.timer);
    this.request.destroy(error);
  }

  private sendBody(response: number): void {
    const { request, exchange } = this;
    const body = exchange.body;
    clearTimeout(this.timer);
    if (!body || !hasBody(exchange.req)) {
      request.end();
      this.limit(response, responseTimeout);
      return;
    }
    body.on("data", (chunk: Buffer) => {
      if (!request.write(chunk)) body.pause();
    });
    request.on("drain", () => body.resume());
    body.on("error", (error) => request.destroy(error));
    body.on("end", () => {
      const trailers = requestTrailers(exchange.req.rawTrailers);
      if (trailers.length > 0) request.addTrailers(trailers);
      request.end();
      if (!this.answer) this.limit(response, responseTimeout);
    });
  }

  private relay(answer: IncomingMessage, idle: number): void {
    this.answer = answer;
    this.limit(idle, responseStalled);
    this.guard(() => this.head(answer.statusCode!, answer.rawHeaders));
    answer.on("data", (chunk: Buffer) => {
      this.limit(idle, responseStalled);
      this.guard(() => this.data(chunk));
    });
    answer.on("end", () => {
      clearTimeout(this.timer);
      if (!this.done) this.end(answer.rawTrailers);
    });
    answer.on("error", (error) => this.fail(error));
  }

  /** undici turns what its handler throws into an error of the request; here that is by hand. */
  private guard(step: () => void): void {
    if (this.done) return;
    try {
      step();
    } catch (error) {
      this.fail(error as Error);
      this.abortSource(error as Error);
    }
  }

  private limit(milliseconds: number, failure: typeof responseTimeout): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.cut(new FailureError(failure)), milliseconds);
  }

  protected override fail(error: Error): void {
    clearTimeout(this.timer);
    super.fail(error);
  }
}
