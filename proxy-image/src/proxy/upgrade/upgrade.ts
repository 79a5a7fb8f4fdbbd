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
import { RefusalRelay } from "./refusal";
import { responseHeaders } from "../forward/response-headers";
import { UpgradeGate } from "./gate";

/** What upgrades need to know of the process. */
export interface UpgradeOptions extends PipelineOptions {
  readonly links: LinkPolicy;
}

/** The gate has what came behind the handshake. */
const NOTHING = Buffer.alloc(0);

/**
 * One upgrade, from the decided handshake to the end of both connections.
 *
 * It goes by http-proxy-middleware, behind the same decisions and filters as everything else: http-proxy-middleware gets
 * a request that has been decided on, a gate for the client's socket and an agent that connects by our rules. Each has a
 * middleware of its own, whose events are then those of one exchange.
 */
export class Upgrade implements Tunnel {
  private readonly gate: UpgradeGate;
  private readonly agent: UpgradeAgent;
  private readonly links: ResponseRewriter;
  private request: ClientRequest | undefined;
  /** Ends the handshake, and later the connection. */
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param headers flat, as they go out, without Host, Connection and Upgrade
   */
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

  /** Hands it to http-proxy-middleware. */
  start(): void {
    const { exchange, gate, agent } = this;
    const middleware = createProxyMiddleware({
      target: `https://${exchange.origin!.authority}`,
      agent,
      // Its own responses to errors would tell the third party's host and path.
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

  /** Since when the third party does not take what the client sends, on the exchanges' clock; 0 while it does. */
  get blockedSince(): number {
    return this.gate.blockedSince;
  }

  /** Since when the client does not take what the third party sends; 0 while it does. */
  get pausedSince(): number {
    return this.gate.pausedSince;
  }

  /** When a byte came last, from either side, on the exchanges' clock. */
  get activeAt(): number {
    return this.gate.activeAt;
  }

  /** Ends both sides at once, after the handshake, for a reason of ours. */
  abort(failure: Failure): void {
    this.exchange.failure = failure;
    this.destroy();
  }

  /** Ends both sides at once, in whatever state. Before the handshake the client's socket is left for a response. */
  destroy(): void {
    clearTimeout(this.timer);
    this.agent.destroy();
    this.request?.destroy();
    this.gate.destroy();
  }

  /**
   * The client has gone, or got a response that is not a 101.
   *
   * @param then is called when the third party's side has ended too: at once, unless it has yet to take the last bytes
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

  /** Runs before http-proxy-middleware listens to the request itself, so what is decided here comes first. */
  private takeOver(request: ClientRequest): void {
    const { exchange, gate } = this;
    const { timeouts } = exchange.destination!.route.upstream;
    this.request = request;
    // It ended before http-proxy-middleware began.
    if (gate.destroyed) request.destroy();

    for (const name of request.getHeaderNames()) request.removeHeader(name);
    request.setHeader("Host", exchange.origin!.authority);
    request.setHeader("Connection", "Upgrade");
    // Of all that the client may have offered, what was decided on.
    request.setHeader("Upgrade", "websocket");
    const { headers } = this;
    for (let i = 0; i < headers.length; i += 2) request.appendHeader(headers[i]!, headers[i + 1]!);

    // Before http-proxy-middleware, which reports errors of ours as well.
    request.on("error", (error) => this.fail(upstreamError(error)));
    this.timer = setTimeout(() => {
      this.fail(new FailureError(responseTimeout));
      request.destroy();
    }, timeouts.connect + timeouts.response);
    request.on("response", (response) => {
      clearTimeout(this.timer);
      // Destroyed, the gate tells http-proxy-middleware that nobody waits for this response: it is ours.
      gate.destroy();
      new RefusalRelay(exchange, this.options, this.links, response);
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
    const { maxAge } = exchange.destination!.route.upstream.websockets!;
    this.timer = setTimeout(() => this.abort(tooOld), maxAge);
  }

  /** There will be no handshake. After one, the gate ends what is left; and what has ended fails by that. */
  private fail(error: Error): void {
    const { exchange, gate } = this;
    if (exchange.upgraded || gate.destroyed || exchange.response.begun) return;
    exchange.cause = error;
    failExchange(exchange, classify(error), error instanceof FailureError ? error.reason : undefined);
    gate.destroy();
  }
}

/** The request as http-proxy-middleware takes it; its fields are set when it goes out. */
function messageOf({ head, stream }: Exchange): IncomingMessage {
  const message = new IncomingMessage(stream.switched!.socket as unknown as Socket);
  message.method = head.method;
  message.url = head.target;
  message.httpVersion = head.version;
  message.headers = { connection: "Upgrade", upgrade: "websocket" };
  return message;
}

/** The 101 that the client gets. */
function switching(response: IncomingMessage, via: string, links: ResponseRewriter): string {
  const headers = responseHeaders(response.rawHeaders, 101, via, links);
  let text = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]!}: ${headers[i + 1]!}\r\n`;
  return `${text}\r\n`;
}
