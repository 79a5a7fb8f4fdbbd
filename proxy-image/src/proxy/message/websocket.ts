import { createHash } from "node:crypto";
import type { RequestHead } from "./request-head";
import { connectionOptions } from "./fields/header-filter";

/** RFC 6455 §1.3. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * Whether a request asks for WebSocket, the only protocol that this proxy can switch to.
 *
 * `Upgrade` is a list, and a server may choose any member of it (RFC 9110 §7.8); a handshake is one that contains
 * `websocket` (RFC 6455 §4.2.1). So `foo, websocket` is one, and the third party is offered `websocket` alone.
 *
 * Every other request is an ordinary one, because Upgrade does not require a change of protocols: the field is ignored,
 * and not forwarded, so the third party has nothing to switch to. Clients offer protocols that they don't need: Java's
 * HTTP client `h2c`, Apache's 5.4 `TLS/1.2`. In HTTP/1.0 the field must be ignored.
 */
export function asksForWebSocket({ upgrade, version }: RequestHead): boolean {
  if (upgrade === undefined || version === "1.0") return false;
  return upgrade.split(",").some((protocol) => protocol.trim().toLowerCase() === "websocket");
}

/** Whether a request that asks for WebSocket is a valid handshake without a body (RFC 6455 §4.2.1). */
export function isHandshake(head: RequestHead): boolean {
  const headers = joinedFields(head.fields);
  return (
    head.method === "GET" &&
    connectionOptions(headers.connection ?? "").includes("upgrade") &&
    headers["sec-websocket-version"] === "13" &&
    /^[A-Za-z0-9+/]{22}==$/.test(headers["sec-websocket-key"] ?? "") &&
    // A body would be read as frames by one side and as a request by the other. Content-Length: 0 is no body: Java's
    // WebSocket client sends it. It is not passed on.
    !head.hasBody &&
    head.expect === undefined
  );
}

/**
 * Whether a response accepts exactly this handshake (RFC 6455 §4.1).
 *
 * @param fields of the response, flat
 */
export function accepts(
  request: RequestHead,
  status: number | undefined,
  fields: readonly string[],
): boolean {
  const asked = joinedFields(request.fields);
  const headers = joinedFields(fields);
  const key = asked["sec-websocket-key"] ?? "";
  const offered = (asked["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  const chosen = headers["sec-websocket-protocol"];
  return (
    status === 101 &&
    headers.upgrade?.toLowerCase() === "websocket" &&
    connectionOptions(headers.connection ?? "").includes("upgrade") &&
    headers["sec-websocket-accept"] ===
      createHash("sha1")
        .update(key + GUID)
        .digest("base64") &&
    (chosen === undefined || offered.includes(chosen)) &&
    (headers["sec-websocket-extensions"] === undefined || asked["sec-websocket-extensions"] !== undefined)
  );
}

/** Fields by name in lower case; repeated ones are joined (RFC 9110 §5.3), so two keys are not a valid key. */
export function joinedFields(fields: readonly string[]): NodeJS.Dict<string> {
  const joined: NodeJS.Dict<string> = Object.create(null) as NodeJS.Dict<string>;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!.toLowerCase();
    joined[name] = joined[name] === undefined ? fields[i + 1]! : `${joined[name]}, ${fields[i + 1]!}`;
  }
  return joined;
}
