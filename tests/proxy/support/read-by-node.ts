import http from "node:http";
import type { Socket } from "node:net";
import { type Duplex, duplexPair } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";

/** A message, read to its end. */
export interface Message {
  /** Method, host, path and version; or status. */
  start: string;
  /** Flat: name, value, … */
  fields: readonly string[];
  body: string;
  trailers: readonly string[];
}

/** Turns of the event loop after which everything in memory has been read. */
const TURNS = 20;

/** Waits until what has been written has been read. */
export async function settled(): Promise<void> {
  for (let i = 0; i < TURNS; i++) await turn();
}

/** What Node's server reads from a connection; of a message that does not end, nothing. */
export async function requestsByNode(bytes: Buffer): Promise<Message[]> {
  const messages: Message[] = [];
  const server = http.createServer((req, res) => {
    // RFC 9112 §3.2.2: the host of an absolute-form counts, and an empty path is `/`.
    const [, host, rest] = /^http:\/\/([^/?]*)(.*)$/i.exec(req.url!) ?? [];
    const path = rest === undefined ? req.url! : rest.startsWith("/") ? rest : `/${rest}`;
    const start = `${req.method} ${host ?? req.headers.host} ${path} ${req.httpVersion}`;
    let body = "";
    req.on("data", (piece: Buffer) => (body += piece.toString("latin1")));
    req.on("error", () => undefined);
    req.on("end", () => {
      messages.push({ start, fields: req.rawHeaders, body, trailers: req.rawTrailers });
      res.end();
    });
  });
  // Destroyed, the connection would take the messages with it that were read before.
  server.on("clientError", () => undefined);
  const [near, far] = duplexPair();
  near.on("error", () => undefined).resume();
  server.emit("connection", far as unknown as Socket);
  near.write(bytes);
  await settled();
  near.destroy();
  far.destroy();
  server.closeAllConnections();
  return messages;
}

/**
 * What Node's client reads as the answer to one request, when the connection is closed behind the bytes.
 *
 * @returns undefined where there is none, or half of one
 */
export async function answerByNode(bytes: Buffer, method: string): Promise<Message | undefined> {
  const [near, far] = duplexPair();
  far.on("error", () => undefined).resume();
  const request = http.request({
    method,
    createConnection: () => near,
    agent: undefined,
  });
  let message: Message | undefined;
  request.on("error", () => undefined);
  request.on("upgrade", (_answer, socket: Duplex) => socket.destroy());
  request.on("response", (answer) => {
    const start = String(answer.statusCode);
    let body = "";
    answer.on("data", (piece: Buffer) => (body += piece.toString("latin1")));
    answer.on("error", () => undefined);
    answer.on("end", () => {
      if (answer.complete) message = { start, fields: answer.rawHeaders, body, trailers: answer.rawTrailers };
    });
  });
  request.end();
  far.write(bytes);
  far.end();
  await settled();
  request.destroy();
  near.destroy();
  far.destroy();
  return message;
}
