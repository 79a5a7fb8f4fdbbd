import http, { type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { VendorRequest } from "./vendor";

/** What Node's server says of bytes that it can't read, with the bytes. */
export interface ParserError extends Error {
  code?: string;
  rawPacket?: Buffer;
}

/**
 * A request without a body whose method Node's parser does not know (Vault's LIST), read from the parser's error, and
 * its response; undefined for any other error.
 */
export function readUnknownMethod(
  { code, rawPacket }: ParserError,
  socket: Socket,
): { request: VendorRequest; response: ServerResponse } | undefined {
  if (code !== "HPE_INVALID_METHOD" || rawPacket === undefined) return undefined;
  const [line, ...fields] = rawPacket.toString("latin1").split("\r\n\r\n")[0]!.split("\r\n");
  const [method, target] = line!.split(" ") as [string, string];
  const rawHeaders = fields.flatMap((field) => {
    const colon = field.indexOf(":");
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  });
  const headers: Record<string, string> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) headers[rawHeaders[i]!.toLowerCase()] = rawHeaders[i + 1]!;
  const host = headers.host ?? "";
  const incoming = new http.IncomingMessage(socket);
  Object.assign(incoming, { method, httpVersionMajor: 1, httpVersionMinor: 1 });
  const response = new http.ServerResponse(incoming);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on("finish", () => socket.end());
  const url = new URL(target, `https://${host}`);
  return { request: { method, host, target, url, headers, rawHeaders, body: Buffer.alloc(0) }, response };
}
