import { malformedUpgrade } from "../errors/failures";
import { isHandshake } from "../message/websocket";
import type { RequestHead } from "../message/request-head";
import { type Rejection, reject } from "./rejection";

/**
 * Whether a request asks for the one protocol that this proxy can switch to: WebSocket.
 *
 * `Upgrade` is a list, and a server may choose any member of it (RFC 9110 §7.8); a handshake is one that contains
 * `websocket` (RFC 6455 §4.2.1). So `foo, websocket` is one, and the third party is offered `websocket` alone.
 *
 * Every other request is an ordinary one, because Upgrade can't insist on a change of protocols: the field is ignored,
 * and not forwarded, so that the third party has nothing to switch to. Clients offer what they could do without:
 * Java's HTTP client `h2c`, Apache's 5.4 `TLS/1.2`. In HTTP/1.0 the field must be ignored.
 */
export function isUpgrade({ upgrade, minor }: RequestHead): boolean {
  if (upgrade === undefined || minor === 0) return false;
  return upgrade.split(",").some((protocol) => protocol.trim().toLowerCase() === "websocket");
}

/**
 * Refuses what asks for WebSocket and is no handshake. That is one without `Connection: upgrade`, too: RFC 6455 §4.2.1
 * wants an error for it, and an application that gets the third party's page in place of a connection would not learn
 * that something on the way has removed the field.
 */
export function checkUpgrade(head: RequestHead): Rejection | undefined {
  return !isUpgrade(head) || isHandshake(head) ? undefined : reject(malformedUpgrade);
}
