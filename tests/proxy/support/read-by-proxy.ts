import type { Socket } from "node:net";
import { duplexPair } from "node:stream";
import { admit } from "../../../proxy-image/src/proxy/admit/admit";
import { CallerConnection } from "../../../proxy-image/src/proxy/http1/client-connection";
import { Exchange } from "../../../proxy-image/src/proxy/exchange/exchange";
import { type AnswerHead, AnswerReader } from "../../../proxy-image/src/proxy/http1/response-reader";
import { type Message, settled } from "./read-by-node";

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
  new CallerConnection(far as unknown as Socket, {
    begin: (head, reply, connection) => new Exchange(head, reply, connection, () => undefined),
    decide(exchange) {
      const { head, reply, connection } = exchange;
      const line = `${head.method} ${head.target} HTTP/1.${head.minor}`;
      if (!admit(exchange)) return;
      const start = `${head.method} ${head.host} ${head.target} 1.${head.minor}`;
      let body = "";
      const end = (trailers: readonly string[]): void => {
        lines.push(line);
        messages.push({ start, fields: head.fields, body, trailers });
        reply.begin(200, ["Content-Length", "0"]);
        reply.end();
      };
      if (!head.hasBody) end([]);
      else connection.read({ onBody: (piece) => (body += piece.toString("latin1")), onEnd: end });
    },
    unreadable: () => undefined,
    closed: () => undefined,
  });
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
  let head: AnswerHead | undefined;
  let body = "";
  let message: Message | undefined;
  const reader = new AnswerReader(
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
