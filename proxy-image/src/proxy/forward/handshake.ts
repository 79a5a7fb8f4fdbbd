import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { connectionOptions } from "./header-filter";

/** RFC 6455 §1.3. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Whether a request is a WebSocket handshake and nothing else (RFC 6455 §4.2.1). */
export function isHandshake({ method, httpVersion, headers }: IncomingMessage): boolean {
  return (
    method === "GET" &&
    httpVersion === "1.1" &&
    headers.upgrade?.toLowerCase() === "websocket" &&
    connectionOptions(headers.connection ?? "").includes("upgrade") &&
    headers["sec-websocket-version"] === "13" &&
    /^[A-Za-z0-9+/]{22}==$/.test(headers["sec-websocket-key"] ?? "") &&
    // A body would be read as frames by one side and as a request by the other.
    headers["content-length"] === undefined &&
    headers["transfer-encoding"] === undefined &&
    headers.expect === undefined
  );
}

/** Whether an answer accepts this very handshake (RFC 6455 §4.1). */
export function accepts(request: IncomingMessage, answer: IncomingMessage): boolean {
  const { headers } = answer;
  const key = request.headers["sec-websocket-key"] ?? "";
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  const chosen = headers["sec-websocket-protocol"];
  return (
    answer.statusCode === 101 &&
    headers.upgrade?.toLowerCase() === "websocket" &&
    connectionOptions(headers.connection ?? "").includes("upgrade") &&
    headers["sec-websocket-accept"] ===
      createHash("sha1")
        .update(key + GUID)
        .digest("base64") &&
    (chosen === undefined || offered.includes(chosen)) &&
    (headers["sec-websocket-extensions"] === undefined ||
      request.headers["sec-websocket-extensions"] !== undefined)
  );
}
