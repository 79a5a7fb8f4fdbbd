import http, { type IncomingHttpHeaders } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Readable } from "node:stream";

/** An answer, read to its end. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  body: Buffer;
  trailers: NodeJS.Dict<string>;
  /** Informational statuses that came before. */
  interim: number[];
}

/** What to ask for. */
export interface Ask {
  port: number;
  host: string;
  path?: string;
  method?: string;
  headers?: http.OutgoingHttpHeaders;
  body?: string | Buffer | Readable;
  agent?: http.Agent | false;
  signal?: AbortSignal;
}

/** One request; rejects when the answer is cut. */
export async function ask({ host, body, headers, ...options }: Ask): Promise<Answer> {
  const { req, response } = begin({ host, headers, ...options });
  const interim: number[] = [];
  req.on("information", ({ statusCode }) => interim.push(statusCode));
  if (body === undefined || typeof body === "string" || Buffer.isBuffer(body)) req.end(body);
  else body.pipe(req);
  const res = await response;
  const content = await buffer(res);
  return {
    status: res.statusCode!,
    headers: res.headers,
    rawHeaders: res.rawHeaders,
    body: content,
    trailers: res.trailers,
    interim,
  };
}

/** Begins a request and leaves its body and its answer to the test. */
export function begin({ host, headers, port, path = "/", method = "GET", ...rest }: Omit<Ask, "body">): {
  req: http.ClientRequest;
  response: Promise<http.IncomingMessage>;
} {
  const req = http.request({
    host: "127.0.0.1",
    port,
    path,
    method,
    agent: false,
    headers: { host, ...headers },
    ...rest,
  });
  const response = new Promise<http.IncomingMessage>((resolve, reject) => {
    req.once("response", resolve);
    req.on("error", reject);
  });
  return { req, response };
}
