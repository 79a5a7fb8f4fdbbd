import type { Stage } from "../exchange/stage";
import { proxyLoop, requestTooLarge } from "../errors/failures";
import { Fetch } from "./upstream-request";
import { PerRoute } from "../route/per-route";
import type { ForwardOptions } from "./options";
import { requestHeaders, setHeadersOf } from "./request-headers";
import { Upgrade } from "../upgrade/upgrade";

/** Last stage: sends the request to the third party and the answer to the caller. */
export function forward(options: ForwardOptions): Stage {
  const { via, links, credentials } = options;
  const fields = new PerRoute(({ upstream }) => ({ set: setHeadersOf(upstream, credentials) }));

  return function forward(exchange) {
    const { head } = exchange;
    const { route } = exchange.destination!;
    const headers = requestHeaders(head.fields, via, fields.of(route).set);
    if (headers === undefined) {
      exchange.refuse(proxyLoop);
      return false;
    }
    if (exchange.upgrade) {
      new Upgrade(exchange, headers, options).start();
      return true;
    }
    const most = route.upstream.maxBodyBytes?.request ?? Infinity;
    if (Number(head.contentLength ?? 0) > most) {
      exchange.refuse(requestTooLarge, `It would have ${head.contentLength!} bytes; ${most} are allowed.`);
      return false;
    }
    new Fetch(exchange, options, links.rewriterFor(exchange.destination!, head.host!), headers).start();
    return true;
  };
}
