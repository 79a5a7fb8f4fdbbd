import type { Http2ServerResponse } from "node:http2";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

import type { SeenRequest } from "./seen";

/** A request, and how to answer it. */
export interface Exchange {
  readonly seen: SeenRequest;
  readonly url: URL;
  /** One of HTTP/1 has the same methods, but no `stream`. */
  readonly response: Http2ServerResponse;
}

type Answer = (exchange: Exchange, rest: string) => Promise<void> | void;

const CHUNK = Buffer.alloc(64 * 1024, "0123456789abcdef");

/** First path segment → how it is answered; everything else is echoed. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  /** `/status/503`: that status, with the echo. */
  status: (exchange, code) => echo(exchange, Number(code)),

  /** `/headers?set=name:value&set=…`: those response headers, with the echo. */
  headers: (exchange) => {
    for (const header of exchange.url.searchParams.getAll("set")) {
      const [name, ...value] = header.split(":");
      exchange.response.appendHeader(name!, value.join(":"));
    }
    echo(exchange);
  },

  /** `/redirect?to=URL`: 302 to there. */
  redirect: ({ url, response }) => {
    response.writeHead(302, { location: url.searchParams.get("to") ?? "/" });
    response.end();
  },

  /** `/slow?ms=1000`: the echo after that time. */
  slow: async (exchange) => {
    await sleep(numberOf(exchange.url, "ms", 1000));
    echo(exchange);
  },

  /** `/bytes/1000000`: so many bytes, as fast as they are taken. */
  bytes: async ({ response }, count) => {
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": count });
    await send(bytes(Number(count)), response);
  },

  /** `/stream?chunks=5&ms=100`: lines "chunk 1" and so on, one each 100 ms, without a length. */
  stream: async ({ url, response }) => {
    response.writeHead(200, { "content-type": url.searchParams.get("type") ?? "text/plain" });
    await send(lines(numberOf(url, "chunks", 5), numberOf(url, "ms", 100)), response);
  },

  /** No answer, ever. */
  never: () => undefined,

  /** `/early?status=413`: answered before the body is read. */
  early: ({ url, response }) => {
    response.writeHead(numberOf(url, "status", 413), { "content-type": "text/plain" });
    response.end("early\n");
  },

  /** Promises 1,000 bytes, sends 100 and cuts the connection. */
  "reset-midway": async ({ response }) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write("x".repeat(100));
    await sleep(50);
    cut(response);
  },

  /** Cuts the connection instead of an answer. */
  drop: ({ response }) => cut(response),
};

/** Whether the answer does not wait for the request's body. */
export function isEarly({ pathname }: URL): boolean {
  return pathname.startsWith("/early");
}

/** Answers a request as its path says. */
export async function answer(exchange: Exchange): Promise<void> {
  const [first = "", rest = ""] = exchange.url.pathname.slice(1).split("/");
  const chosen = Object.hasOwn(ANSWERS, first) ? ANSWERS[first] : undefined;
  try {
    if (chosen) await chosen(exchange, rest);
    else echo(exchange);
  } catch (error) {
    // A path with a wrong number, for one.
    exchange.response.statusCode = 400;
    exchange.response.end(`${String(error)}\n`);
  }
}

function echo({ seen, response }: Exchange, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(seen));
}

function* bytes(count: number): Generator<Buffer> {
  for (let left = count; left > 0; left -= CHUNK.length) yield CHUNK.subarray(0, left);
}

async function* lines(count: number, ms: number): AsyncGenerator<string> {
  for (let number = 1; number <= count; number++) {
    if (number > 1) await sleep(ms);
    yield `chunk ${number}\n`;
  }
}

/** A client that goes away in the middle is its own business. */
async function send(
  source: Iterable<Buffer> | AsyncIterable<string>,
  response: Http2ServerResponse,
): Promise<void> {
  await pipeline(Readable.from(source), response).catch(() => undefined);
}

function cut(response: Http2ServerResponse): void {
  const stream = response.stream as Http2ServerResponse["stream"] | undefined;
  if (stream) stream.session?.destroy();
  else response.socket.destroy();
}

function numberOf(url: URL, parameter: string, otherwise: number): number {
  return Number(url.searchParams.get(parameter) ?? otherwise);
}
