import { type RequestHandler, createProxyMiddleware } from "http-proxy-middleware";
import { type ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { classify } from "../errors/classify";
import { FailureError, responseTimeout, responseTruncated, tooOld, upgradeFailed } from "../errors/failures";
import type { Exchange } from "../exchange";
import type { Origin } from "../upstream/origin";
import { accepts, joinedFields } from "./handshake";
import type { ForwardOptions } from "./options";
import { Relay, type RelayOptions } from "./relay";
import { framingOf } from "../http1/framing";
import { sawCloseNotify } from "../upstream/close-notify";
import { responseHeaders } from "./response-headers";
import type { LinkRewriter } from "./links";
import { UpgradeGate } from "./upgrade-gate";

/** Sends a decided upgrade to the third party. */
export type UpgradeForwarder = (exchange: Exchange, headers: readonly string[]) => void;

/** What http-proxy-middleware knows by its message only. */
const underWay = new WeakMap<IncomingMessage, { exchange: Exchange; headers: readonly string[] }>();

/**
 * Upgrades go by http-proxy-middleware, over the same connections, behind the same decisions and filters as
 * everything else: it gets a request that has been decided on, a gate for the caller's socket and our agent.
 */
export function createUpgradeForwarder(options: ForwardOptions): UpgradeForwarder {
  const middlewares = new WeakMap<Origin, RequestHandler>();

  const middlewareOf = (origin: Origin): RequestHandler => {
    let middleware = middlewares.get(origin);
    if (!middleware) {
      middleware = createProxyMiddleware({
        target: `https://${origin.authority}`,
        agent: origin.agent,
        // Its own answers to errors would tell the third party's host and path.
        ejectPlugins: true,
        plugins: [
          (server) => {
            server.on("error", (error, req) => {
              if (req) fail(underWay.get(req)!.exchange, error);
            });
            server.on("proxyReqWs", (request, req) => {
              const { exchange, headers } = underWay.get(req)!;
              takeOver(request, exchange, headers, options);
            });
          },
        ],
      });
      middlewares.set(origin, middleware);
    }
    return middleware;
  };

  return (exchange, headers) => {
    const { socket, head } = exchange.upgrade!;
    const gate = new UpgradeGate(socket);
    exchange.gate = gate;
    const message = messageOf(exchange, socket);
    underWay.set(message, { exchange, headers });
    middlewareOf(exchange.origin!).upgrade(message, gate as unknown as Socket, head);
  };
}

/** The request as http-proxy-middleware takes it. */
function messageOf({ head }: Exchange, socket: Socket): IncomingMessage {
  const message = new IncomingMessage(socket);
  message.method = head.method;
  message.url = head.target;
  message.httpVersionMajor = 1;
  message.httpVersionMinor = head.minor;
  message.httpVersion = `1.${head.minor}`;
  message.headers = joinedFields(head.fields);
  return message;
}

/** Runs before http-proxy-middleware listens to the request itself, so what is decided here comes first. */
function takeOver(
  request: ClientRequest,
  exchange: Exchange,
  headers: readonly string[],
  options: ForwardOptions,
): void {
  const { head, destination, origin } = exchange;
  const { timeouts, websockets } = destination!.route.upstream;
  const links = options.links.rewriterFor(destination!, head.host!);

  for (const name of request.getHeaderNames()) request.removeHeader(name);
  request.setHeader("Host", origin!.authority);
  request.setHeader("Connection", "Upgrade");
  request.setHeader("Upgrade", "websocket");
  for (let i = 0; i < headers.length; i += 2) request.appendHeader(headers[i]!, headers[i + 1]!);

  exchange.outgoing = request;
  let timer = setTimeout(() => {
    fail(exchange, new FailureError(responseTimeout));
    request.destroy();
  }, timeouts.connect + timeouts.response);
  exchange.connection.socket.once("close", () => clearTimeout(timer));

  request.on("response", (answer) => {
    clearTimeout(timer);
    // Destroyed, the gate tells http-proxy-middleware that nobody waits for this answer: it is ours.
    exchange.gate!.destroy();
    new RefusalRelay(exchange, options, links, answer);
  });
  request.on("upgrade", (answer, socket) => {
    clearTimeout(timer);
    try {
      if (!accepts(head, answer)) throw new FailureError(upgradeFailed);
      exchange.gate!.open(switching(answer, options.via, links));
    } catch (error) {
      socket.destroy();
      fail(exchange, error as Error);
      return;
    }
    exchange.upgraded = true;
    exchange.answeredAt = performance.now();
    timer = setTimeout(() => {
      exchange.failure = tooOld;
      socket.destroy();
      exchange.gate!.destroy();
    }, websockets!.maxAge);
  });
}

/** The 101 that the caller gets. */
function switching(answer: IncomingMessage, via: string, links: LinkRewriter): string {
  const headers = responseHeaders(answer.rawHeaders, 101, via, links);
  let text = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]!}: ${headers[i + 1]!}\r\n`;
  return `${text}\r\n`;
}

function fail(exchange: Exchange, error: Error): void {
  if (exchange.upgraded || exchange.failure || exchange.abandoned || exchange.reply.begun) return;
  exchange.cause = error;
  exchange.refuse(classify(error), error instanceof FailureError ? error.reason : undefined);
  exchange.gate?.destroy();
}

/** The third party's answer where it does not switch protocols: 401, 403, 426 … */
class RefusalRelay extends Relay {
  constructor(
    exchange: Exchange,
    options: RelayOptions,
    links: LinkRewriter,
    private readonly answer: IncomingMessage,
  ) {
    super(exchange, options, links);
    answer.on("data", (chunk: Buffer) => this.guard(() => this.data(chunk)));
    answer.on("end", () => this.guard(() => this.end(answer.rawTrailers)));
    answer.on("error", (error) => this.fail(error));
    this.guard(() => {
      const { length, chunked } = framingOf(answer.rawHeaders);
      if (length === undefined && !chunked) this.watchEnd(answer.socket);
      this.head(answer.statusCode!, answer.rawHeaders, length);
    });
  }

  /** The connection's end is the body's. Before Node's own listener: that destroys the socket, and accepts any end. */
  private watchEnd(socket: Socket): void {
    socket.prependOnceListener("end", () => {
      if (!sawCloseNotify(socket)) this.cut(new FailureError(responseTruncated));
    });
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
