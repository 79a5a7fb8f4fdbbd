import type { Dispatcher } from "undici";
import { classify } from "../errors/classify";
import { connectionRefused, connectionTerminated } from "../errors/failures";
import type { Exchange } from "../exchange";
import { NodeRelay } from "./by-node";
import type { LinkRewriter } from "./links";
import { Relay, type RelayOptions } from "./relay";
import { CallerGoneError } from "./request-body";

/** undici's controller as it is; its types leave out what it was built for. */
type Controller = Dispatcher.DispatchController & {
  readonly rawHeaders?: Buffer[] | null;
  readonly rawTrailers?: Buffer[] | null;
};

/** Fetches by undici, from its pool of kept-alive connections: the way of nearly all requests. */
export class UndiciRelay extends Relay implements Dispatcher.DispatchHandler {
  private controller: Controller | undefined;
  private heard = false;

  constructor(
    exchange: Exchange,
    options: RelayOptions,
    links: LinkRewriter,
    private readonly request: Dispatcher.DispatchOptions,
  ) {
    super(exchange, options, links);
  }

  dispatch(): void {
    this.exchange.origin!.pool.dispatch(this.request, this);
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller;
    // There was nothing to abort while the connection was being made.
    if (this.exchange.abandoned || this.done) controller.abort(new CallerGoneError());
  }

  onResponseStart(controller: Controller, status: number): void {
    this.heard = true;
    this.head(status, controller.rawHeaders ?? []);
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.data(chunk);
  }

  onResponseEnd(controller: Controller): void {
    this.end(controller.rawTrailers ?? []);
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (!this.done && this.mayRetry(error)) {
      this.done = true;
      this.exchange.retries++;
      // On a new connection: the pool's others may be as stale as the first.
      new NodeRelay(this.exchange, this.options, this.links, this.request.headers as string[]);
    } else this.fail(error);
  }

  protected pauseSource(): void {
    this.controller?.pause();
  }

  protected resumeSource(): void {
    this.controller?.resume();
  }

  protected abortSource(error: Error): void {
    this.controller?.abort(error);
  }

  /**
   * Once, and only where a second try can't do harm: an idempotent request without a body, to which not a byte
   * of an answer came. That is what a kept connection looks like that the third party was just closing.
   */
  private mayRetry(error: Error): boolean {
    const { exchange } = this;
    const { retryBudget } = exchange.destination!.route;
    if (!retryBudget || this.heard || exchange.retries > 0 || exchange.abandoned || exchange.body)
      return false;
    if (!IDEMPOTENT.has(exchange.req.method ?? "")) return false;
    const failure = classify(error);
    return (failure === connectionTerminated || failure === connectionRefused) && retryBudget.take();
  }
}

/** RFC 9110 §9.2.2. */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);
