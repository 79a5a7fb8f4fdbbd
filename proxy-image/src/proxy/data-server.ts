import { type IncomingMessage, STATUS_CODES, type Server, ServerResponse, createServer } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { problem } from "./errors/answer";
import {
  type Failure,
  conflictingFraming,
  expectationRefused,
  headersTooLarge,
  internalError,
  malformedRequest,
  methodRefused,
  requestTimeout,
} from "./errors/failures";
import { isUpgrade } from "./admit/upgrade";
import { Exchange, isClosing } from "./exchange";
import type { Observer } from "./observe/observer";

/** Bytes of a request's line and header section. */
const MOST_HEADER_BYTES = 16 * 1024;
/** Milliseconds for a request's header section: a slow one holds a socket and nothing else. */
const HEADERS_TIMEOUT = 15_000;
const CHECK_EVERY = 5_000;
/** Milliseconds; longer than callers keep idle connections (Linkerd, most clients: 60 s or less), so that they close first. */
const KEEP_ALIVE = 75_000;

/** The port that applications call. All that Node would answer by itself is answered like any other failure. */
export function createDataServer(chain: (exchange: Exchange) => void, observer: Observer): Server {
  const server = createServer({
    maxHeaderSize: MOST_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT,
    connectionsCheckingInterval: CHECK_EVERY,
    keepAliveTimeout: KEEP_ALIVE,
    // It would cut long uploads; bodies have the policy's idle time instead.
    requestTimeout: 0,
    // Admission says it better than Node's empty 400.
    requireHostHeader: false,
    insecureHTTPParser: false,
    shouldUpgradeCallback: isUpgrade,
    noDelay: true,
  });
  // Node drops what is beyond, silently: a second Host could hide there. Admission counts instead.
  server.maxHeadersCount = 0;

  const begin = (req: IncomingMessage, res: ServerResponse): Exchange => {
    return observer.begin(new Exchange(req, res, observer.end));
  };
  const handle = (req: IncomingMessage, res: ServerResponse): void => {
    // Node reads on in what came behind a refused request, until the answer has been sent.
    if (isClosing(req.socket)) return;
    decide(begin(req, res));
  };
  const decide = (exchange: Exchange): void => {
    try {
      chain(exchange);
    } catch (error) {
      exchange.cause = error;
      exchange.refuse(internalError);
    }
  };
  server.on("request", handle);
  server.on("checkContinue", handle);
  server.on("checkExpectation", (req: IncomingMessage, res: ServerResponse) => {
    begin(req, res).refuse(expectationRefused);
  });
  server.on("upgrade", (req: IncomingMessage, socket: Socket, head: Buffer) => {
    const res = answerOver(req, socket);
    const exchange = begin(req, res);
    exchange.upgrade = { socket, head };
    decide(exchange);
  });
  server.on("connect", (req: IncomingMessage, socket: Socket) => {
    begin(req, answerOver(req, socket)).refuse(methodRefused);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    refuseUnreadable(error, socket, observer);
  });
  return server;
}

/** An answer for a request whose socket Node has given away. */
function answerOver(req: IncomingMessage, socket: Socket): ServerResponse {
  const res = new ServerResponse(req);
  res.shouldKeepAlive = false;
  res.assignSocket(socket);
  socket.on("error", () => socket.destroy());
  res.on("finish", () => socket.destroySoon());
  return res;
}

const unreadable: Readonly<Record<string, Failure>> = {
  HPE_HEADER_OVERFLOW: headersTooLarge,
  ERR_HTTP_REQUEST_TIMEOUT: requestTimeout,
  HPE_INVALID_TRANSFER_ENCODING: conflictingFraming,
  HPE_UNEXPECTED_CONTENT_LENGTH: conflictingFraming,
};

/** Answers what Node's parser could not read; there is no request to answer, only a socket. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex, observer: Observer): void {
  const code = error.code ?? "";
  const failure = unreadable[code] ?? (code.startsWith("HPE_") ? malformedRequest : undefined);
  // An answer that is under way must not get another one inside.
  const busy = (socket as Duplex & { _httpMessage?: ServerResponse | null })._httpMessage;
  if (!failure || !socket.writable || busy) {
    socket.destroy(error);
    return;
  }
  observer.unreadable(failure);
  const { headers, body } = problem(failure);
  let head = `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status] ?? ""}\r\n`;
  for (let i = 0; i < headers.length; i += 2) head += `${headers[i]!}: ${headers[i + 1]!}\r\n`;
  socket.end(Buffer.concat([Buffer.from(`${head}\r\n`), body]), () => socket.destroy());
}
