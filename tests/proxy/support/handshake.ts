import { createHash } from "node:crypto";
import { lines } from "./raw-client";

/** A WebSocket key, and what a server makes of it (RFC 6455 §1.3). */
export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
export const ACCEPT = createHash("sha1")
  .update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
  .digest("base64");

/** A client's handshake for a host below the proxy's domain. */
export const handshake = (host: string, ...more: string[]): string =>
  lines(
    "GET /chat?x=1 HTTP/1.1",
    `Host: ${host}.egress.local`,
    "Connection: keep-alive, Upgrade",
    "Upgrade: WebSocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${KEY}`,
    ...more,
  );

/** The third party's answer to it. */
export const switching = (...more: string[]): string =>
  lines(
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${ACCEPT}`,
    ...more,
  );
