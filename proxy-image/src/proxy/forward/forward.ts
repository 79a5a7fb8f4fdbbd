import type { Request } from "express";
import { proxyLoop, requestTooLarge } from "../errors/failures";
import { exchangeOf } from "../exchange";
import { NodeRelay } from "./by-node";
import { UndiciRelay } from "./by-undici";
import type { LinkPolicy } from "./links";
import type { RelayOptions } from "./relay";
import { RequestBody, hasBody } from "./request-body";
import { requestHeaders } from "./request-headers";
import { type UpgradeForwarder, createUpgradeForwarder } from "./upgrade";

/** What the last stage needs. */
export interface ForwardOptions extends RelayOptions {
  readonly links: LinkPolicy;
}

/** Last stage: sends the request to the third party and the answer to the caller. */
export function forward(options: ForwardOptions) {
  const { via, links } = options;
  const forwardUpgrade: UpgradeForwarder = createUpgradeForwarder(options);

  return function forward(req: Request): void {
    const exchange = exchangeOf(req);
    const { route } = exchange.destination!;
    const headers = requestHeaders(req.rawHeaders, via, route.setHeaders);
    if (headers === undefined) {
      exchange.refuse(proxyLoop);
      return;
    }
    if (exchange.upgrade) {
      forwardUpgrade(exchange, headers);
      return;
    }
    const { timeouts, maxBodyBytes } = route.upstream;
    const most = maxBodyBytes?.request ?? Infinity;
    const length = req.headers["content-length"];
    if (length !== undefined) {
      if (Number(length) > most) {
        exchange.refuse(requestTooLarge);
        return;
      }
      headers.push("Content-Length", length);
    }
    // Search APIs take a body with GET, so it is not refused (RFC 9110 §9.3.1 calls it a way to smuggle): undici
    // closes the connection behind a body that the method does not call for, so nobody's request comes after it.
    if (hasBody(req)) exchange.body = new RequestBody(req, most);

    const rewriter = links.rewriterFor(exchange.destination!, req.headers.host!);
    if (req.headers.expect !== undefined || (exchange.body && req.headers.trailer !== undefined)) {
      new NodeRelay(exchange, options, rewriter, headers);
      return;
    }
    new UndiciRelay(exchange, options, rewriter, {
      path: req.url,
      method: req.method,
      headers,
      body: exchange.body ?? null,
      headersTimeout: timeouts.response,
      bodyTimeout: timeouts.idle,
    }).dispatch();
  };
}
