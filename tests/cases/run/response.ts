/** A response as the client got it. */
export interface ClientResponse {
  /** Statuses of interim responses before it. */
  readonly interim: readonly number[];
  /** 0 where there is no status line. */
  readonly status: number;
  /** Interim responses, head and body as they came. */
  readonly text: string;
  /** Without chunked coding, as far as it came. */
  readonly body: string;
  /** `open`: neither whole nor cut yet. */
  readonly ended: "whole" | "cut" | "open";
  /** Whether the connection ends with it. */
  readonly closes: boolean;
  /** Bytes behind it. */
  readonly rest: string;
}

const HEAD = /^HTTP\/1\.[01] (\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/;
const CHUNK = /^([0-9A-Fa-f]+)[^\r\n]*\r\n/;
const TRAILERS = /^(?:[^\r\n]+\r\n)*\r\n/;

/**
 * Reads what came over a connection, of which the proxy sends well-formed HTTP/1.1 only.
 *
 * @param how the connection ended; undefined if it has not
 */
export function readResponse(text: string, method: string, how?: "closed" | "reset"): ClientResponse {
  const interim: number[] = [];
  let at = 0;
  for (;;) {
    const head = HEAD.exec(text.slice(at));
    const cut = how === undefined ? "open" : "cut";
    if (!head) return { interim, status: 0, text, body: "", ended: cut, closes: false, rest: "" };
    at += head[0].length;
    const status = Number(head[1]);
    if (status < 200 && status !== 101) {
      interim.push(status);
      continue;
    }
    const fields = head[2]!;
    const { body, end } = readBody(text.slice(at), status, fields, method, how);
    return {
      interim,
      status,
      text: end === undefined ? text : text.slice(0, at + end),
      body,
      ended: end === undefined ? cut : "whole",
      closes: /^connection: *close\r$/im.test(fields),
      rest: end === undefined ? "" : text.slice(at + end),
    };
  }
}

/** `end` is undefined while it is not whole. */
function readBody(
  text: string,
  status: number,
  fields: string,
  method: string,
  how?: "closed" | "reset",
): { body: string; end: number | undefined } {
  if (method === "HEAD" || status === 101 || status === 204 || status === 304) return { body: "", end: 0 };
  if (/^transfer-encoding: *chunked\r$/im.test(fields)) return readChunks(text);
  const length = /^content-length: *(\d+)\r$/im.exec(fields)?.[1];
  if (length === undefined) return { body: text, end: how === "closed" ? text.length : undefined };
  const body = text.slice(0, Number(length));
  return { body, end: body.length === Number(length) ? body.length : undefined };
}

function readChunks(text: string): { body: string; end: number | undefined } {
  let body = "";
  let at = 0;
  for (;;) {
    const line = CHUNK.exec(text.slice(at));
    if (!line) return { body, end: undefined };
    at += line[0].length;
    const size = parseInt(line[1]!, 16);
    if (size === 0) {
      const trailers = TRAILERS.exec(text.slice(at));
      return { body, end: trailers ? at + trailers[0].length : undefined };
    }
    body += text.slice(at, at + size);
    at += size + 2;
  }
}
