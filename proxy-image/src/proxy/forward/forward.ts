import { failExchange } from "../exchange/fail";
import type { Stage } from "../exchange/stage";
import { proxyLoop, requestTooLarge } from "../errors/failures";
import { UpstreamRequest } from "./upstream-request";
import { PerRoute } from "../route/per-route";
import type { ForwardOptions } from "./options";
import { requestFieldsOf, requestHeaders } from "./request-headers";

/** Last stage: sends the request to the third party and the response to the client. */
export function forward(options: ForwardOptions): Stage {
  const { via, links, outward, credentials, forwardUpgrade } = options;
  const fields = new PerRoute(({ upstream }) => requestFieldsOf(upstream, credentials));

  return function forward(exchange) {
    const { head } = exchange;
    const { route } = exchange.destination!;
    const { trace } = exchange;
    const headers = requestHeaders(head.fields, via, fields.of(route), outward, trace !== undefined);
    if (headers === undefined) {
      failExchange(exchange, proxyLoop);
      return false;
    }
    if (exchange.stream.switched) {
      if (trace !== undefined) trace.attempt(exchange.startedAt);
      forwardUpgrade(exchange, trace === undefined ? headers : trace.inject(headers));
      return true;
    }
    const most = route.upstream.maxBodyBytes?.request ?? Infinity;
    if (Number(head.contentLength ?? 0) > most) {
      failExchange(
        exchange,
        requestTooLarge,
        `It would have ${head.contentLength!} bytes; ${most} are allowed.`,
      );
      return false;
    }
    new UpstreamRequest(
      exchange,
      options,
      links.rewriterFor(exchange.destination!, head.host!),
      headers,
    ).start();
    return true;
  };
}
