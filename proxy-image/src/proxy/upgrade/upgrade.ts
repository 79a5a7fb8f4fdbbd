import { failExchange } from "../exchange/fail";
import { createProxyMiddleware } from "http-proxy-middleware";
import { type ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { upstreamError } from "../upstream/tls/upstream-error";
import { classify } from "../errors/classify";
import { type Failure, FailureError, responseTimeout, tooOld, upgradeFailed } from "../errors/failures";
import type { Exchange } from "../exchange/exchange";
import type { UpgradeAgent } from "../upstream/upgrade-connector";
import { accepts } from "../message/websocket";
import type { LinkPolicy, ResponseRewriter } from "../forward/links";
import type { PipelineOptions } from "../forward/response-pipeline";
import type { Tunnel } from "../exchange/parts";
import { DeclinedUpgrade } from "./declined-upgrade";
import { responseHeaders } from "../forward/response-headers";
import { UpgradeGate } from "./gate";

/** The settings of upgrades, which are the process's. */
export interface UpgradeOptions extends PipelineOptions {
  readonly links: LinkPolicy;
}

/** The gate already has the bytes after the handshake. */
const NOTHING = Buffer.alloc(0);

/**
 * One upgrade, from the admitted handshake to the end of both connections.
 *
 * http-proxy-middleware forwards it, after the same decisions and filters as every other request. It gets a request
 * that all stages have admitted, a gate in place of the client's socket, and an agent that connects by our rules. Each
 * upgrade has a middleware of its own, so the middleware's events belong to one exchange.
 */
export class Upgrade implements Tunnel {
  private readonly gate: UpgradeGate;
  private readonly agent: UpgradeAgent;
  private readonly links: ResponseRewriter;
  private request: ClientRequest | undefined;
  /** Limits the time of the handshake, and later of the connection. */
  private timer: NodeJS.Timeout | undefined;

  /** @param headers flat, as they are sent, without Host, Connection and Upgrade */
  constructor(
    private readonly exchange: Exchange,
    private readonly headers: readonly string[],
    private readonly options: UpgradeOptions,
  ) {
    const { stream, origin, destination, head } = exchange;
    const { socket, head: early } = stream.switched!;
    exchange.tunnel = this;
    this.links = options.links.rewriterFor(destination!, head.host!);
    this.gate = new UpgradeGate(
      socket as unknown as Socket,
      early,
      destination!.route.upstream.timeouts.idle,
    );
    this.agent = origin!.upgrades.agent();
  }

  /** Passes the request to http-proxy-middleware. */
  start(): void {
    const { exchange, gate, agent } = this;
    const middleware = createProxyMiddleware({
      target: `https://${exchange.origin!.authority}`,
      agent,
      // The plugins' own error responses would show the third party's host and path.
      ejectPlugins: true,
      plugins: [
        (server) => {
          server.on("error", (error) => this.fail(error));
          server.on("proxyReqWs", (request) => this.takeOver(request));
        },
      ],
    });
    middleware.upgrade(messageOf(exchange), gate as unknown as Socket, NOTHING);
  }

  /** Bytes to the client, after the handshake. */
  get bytesOut(): number {
    return this.gate.bytesOut;
  }

  /** When the third party stopped taking the client's bytes, on the exchanges' clock; 0 while it takes them. */
  get blockedSince(): number {
    return this.gate.blockedSince;
  }

  /** When the client stopped taking the third party's bytes, on the exchanges' clock; 0 while it takes them. */
  get pausedSince(): number {
    return this.gate.pausedSince;
  }

  /** When the last byte arrived, from either side, on the exchanges' clock. */
  get activeAt(): number {
    return this.gate.activeAt;
  }

  /** Ends both sides at once, after the handshake, for a reason of ours. */
  abort(failure: Failure): void {
    this.exchange.failure = failure;
    this.destroy();
  }

  /** Ends both sides at once, in any state. Before the handshake the client's socket is kept for a response. */
  destroy(): void {
    clearTimeout(this.timer);
    this.agent.destroy();
    this.request?.destroy();
    this.gate.destroy();
  }

  /**
   * The client has gone, or got a response that is not a 101.
   *
   * @param then called when the third party's side has ended too: at once, unless it has yet to take the last bytes
   */
  finish(then: () => void): void {
    const { gate } = this;
    if (gate.finishing) {
      gate.once("close", () => {
        clearTimeout(this.timer);
        then();
      });
      return;
    }
    this.destroy();
    then();
  }

  /** Runs before http-proxy-middleware adds its own listeners to the request, so that ours come first. */
  private takeOver(request: ClientRequest): void {
    const { exchange, gate } = this;
    const { timeouts } = exchange.destination!.route.upstream;
    this.request = request;
    // The exchange ended before http-proxy-middleware began.
    if (gate.destroyed) request.destroy();

    for (const name of request.getHeaderNames()) request.removeHeader(name);
    request.setHeader("Host", exchange.origin!.authority);
    request.setHeader("Connection", "Upgrade");
    // Only the admitted protocol, of all that the client may have offered.
    request.setHeader("Upgrade", "websocket");
    const { headers } = this;
    for (let i = 0; i < headers.length; i += 2) request.appendHeader(headers[i]!, headers[i + 1]!);

    // Registered before http-proxy-middleware's listener, which also reports errors of ours.
    request.on("error", (error) => this.fail(upstreamError(error)));
    this.timer = setTimeout(() => {
      this.fail(new FailureError(responseTimeout));
      request.destroy();
    }, timeouts.connect + timeouts.response);
    request.on("response", (response) => {
      clearTimeout(this.timer);
      // A destroyed gate tells http-proxy-middleware that it must not pass on this response: the relay does.
      gate.destroy();
      new DeclinedUpgrade(exchange, this.options, this.links, response);
    });
    request.on("upgrade", (response, socket) => this.switch(response, socket));
  }

  /** The third party switches protocols. */
  private switch(response: IncomingMessage, socket: Socket): void {
    const { exchange, gate } = this;
    clearTimeout(this.timer);
    try {
      if (!accepts(exchange.head, response.statusCode, response.rawHeaders))
        throw new FailureError(upgradeFailed);
      gate.open(switching(response, this.options.via, this.links), socket);
    } catch (error) {
      socket.destroy();
      this.fail(error as Error);
      return;
    }
    exchange.upgraded = true;
    exchange.respondedAt = performance.now();
    exchange.trace?.responded(101, exchange.respondedAt);
    const { maxAge } = exchange.destination!.route.upstream.websockets!;
    this.timer = setTimeout(() => this.abort(tooOld), maxAge);
  }

  /** There will be no handshake. After one, the gate ends both sides, and an ended exchange needs no failure. */
  private fail(error: Error): void {
    const { exchange, gate } = this;
    if (exchange.upgraded || gate.destroyed || exchange.response.begun) return;
    exchange.cause = error;
    failExchange(exchange, classify(error), error instanceof FailureError ? error.reason : undefined);
    gate.destroy();
  }
}

/** The request in the form that http-proxy-middleware takes; its fields are set when it is sent. */
function messageOf({ head, stream }: Exchange): IncomingMessage {
  const message = new IncomingMessage(stream.switched!.socket as unknown as Socket);
  message.method = head.method;
  message.url = head.target;
  message.httpVersion = head.version;
  message.headers = { connection: "Upgrade", upgrade: "websocket" };
  return message;
}

/** The 101 that is sent to the client. */
function switching(response: IncomingMessage, via: string, links: ResponseRewriter): string {
  const headers = responseHeaders(response.rawHeaders, 101, via, links);
  let text = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]!}: ${headers[i + 1]!}\r\n`;
  return `${text}\r\n`;
}
