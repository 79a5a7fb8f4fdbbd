import type { ResponseHead } from "../../../proxy-image/src/proxy/message/response-head";
import type { Socket } from "node:net";
import { duplexPair } from "node:stream";
import { admit } from "../../../proxy-image/src/proxy/admit/admit";
import { ClientConnection } from "../../../proxy-image/src/proxy/http1/client/client-connection";
import type { RequestHandler } from "../../../proxy-image/src/proxy/http1/client/request-handler";
import { malformedRequest } from "../../../proxy-image/src/proxy/errors/failures";
import { sendFailure } from "../../../proxy-image/src/proxy/errors/problem";
import { abortExchange } from "../../../proxy-image/src/proxy/exchange/fail";
import { Exchange } from "../../../proxy-image/src/proxy/exchange/exchange";
import { UnfinishedHeads } from "../../../proxy-image/src/proxy/http1/client/unfinished-heads";
import { ResponseReader } from "../../../proxy-image/src/proxy/http1/upstream/response-reader";
import { type Message, settled } from "./read-by-node";

/** As many as Node's own server reads of a head. */
const MOST_BYTES = 16_384;

/** What the proxy admits from a connection. */
export interface Admitted {
  messages: Message[];
  /** Their request lines, as received. */
  lines: string[];
  /** How it went on: the connection waits for more, or has been ended. */
  ended: boolean;
}

/** Reads requests as the proxy does, and answers each that is admitted. */
export async function requestsByProxy(pieces: Iterable<Buffer>): Promise<Admitted> {
  const messages: Message[] = [];
  const lines: string[] = [];
  const [near, far] = duplexPair();
  const admitted = admit({ headerBytes: MOST_BYTES, headerFields: 100 });
  const handler: RequestHandler<Exchange> = {
    begin: (head, response, stream) => new Exchange(head, response, stream),
    decide(exchange) {
      const { head, response, stream } = exchange;
      const line = `${head.method} ${head.target} HTTP/${head.version}`;
      if (!admitted(exchange)) return;
      const start = `${head.method} ${head.host} ${head.target} ${head.version}`;
      let body = "";
      const end = (trailers: readonly string[]): void => {
        lines.push(line);
        messages.push({ start, fields: head.fields, body, trailers });
        response.begin(200, ["Content-Length", "0"]);
        response.end();
      };
      if (!head.hasBody) end([]);
      else stream.read({ onBody: (piece) => (body += piece.toString("latin1")), onEnd: end });
    },
    onDrain: () => undefined,
    onBodyError: (exchange) => abortExchange(exchange, malformedRequest),
    outlivesClientEnd: () => false,
    onEnd: () => undefined,
    onUnreadable(_what, _bytes, _peer, response) {
      sendFailure(response, malformedRequest, {});
      return undefined;
    },
  };
  new ClientConnection(far as unknown as Socket, handler, new UnfinishedHeads(MOST_BYTES));
  let ended = false;
  near
    .on("error", () => undefined)
    .on("end", () => (ended = true))
    .resume();
  for (const piece of pieces) {
    near.write(piece);
    // Each is read by itself.
    await new Promise(setImmediate);
  }
  await settled();
  near.destroy();
  far.destroy();
  return { messages, lines, ended };
}

/** @returns undefined where there is no answer, or half of one */
export function answerByProxy(pieces: Iterable<Buffer>, method: string): Message | undefined {
  let head: ResponseHead | undefined;
  let body = "";
  let message: Message | undefined;
  const reader = new ResponseReader(
    {
      onHead: (one) => (head = one),
      onBody: (piece) => (body += piece.toString("latin1")),
      onEnd: (trailers) => (message = { start: String(head!.status), fields: head!.fields, body, trailers }),
    },
    method === "HEAD",
  );
  try {
    for (const piece of pieces) if (!reader.done) reader.read(piece);
    reader.close();
  } catch {
    return undefined;
  }
  return message;
}
