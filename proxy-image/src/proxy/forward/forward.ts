import type { Request, Response } from "express";
import { proxyLoop } from "../errors/failures";
import { exchangeOf } from "../exchange";
import type { Origins } from "../upstream/origins";
import { Forwarding } from "./forwarding";
import { RequestBody, hasBody } from "./request-body";
import { requestHeaders } from "./request-headers";

/** What the last stage needs. */
export interface ForwardOptions {
  readonly origins: Origins;
  /** Pseudonym for the Via field (RFC 9110 §7.6.3). */
  readonly via: string;
  /** Whether the process is about to end, so that connections are not to be kept. */
  readonly draining: () => boolean;
}

/** Last stage: sends the request to the third party and the answer to the caller. */
export function forward({ origins, via, draining }: ForwardOptions) {
  return function forward(req: Request, res: Response): void {
    const exchange = exchangeOf(req);
    const headers = requestHeaders(req.rawHeaders, via);
    if (headers === undefined) {
      exchange.refuse(proxyLoop);
      return;
    }
    const length = req.headers["content-length"];
    if (length !== undefined) headers.push("Content-Length", length);
    // Whoever waits for leave to send a body gets it here, after the decision and not before.
    if (req.headers.expect !== undefined) res.writeContinue();

    const { route, host } = exchange.destination!;
    const { response, idle } = route.upstream.timeouts;
    const body = hasBody(req) ? new RequestBody(req) : undefined;
    exchange.body = body;
    origins.for(exchange.destination!).dispatch(
      {
        origin: host,
        path: req.url,
        method: req.method,
        headers,
        body: body ?? null,
        headersTimeout: response,
        bodyTimeout: idle,
      },
      new Forwarding(exchange, via, draining, body),
    );
  };
}
