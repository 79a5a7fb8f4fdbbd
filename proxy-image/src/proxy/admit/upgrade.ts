import { malformedUpgrade } from "../errors/failures";
import { asksForWebSocket, isHandshake } from "../message/websocket";
import type { RequestHead } from "../message/request-head";
import { type Rejection, reject } from "./rejection";

/**
 * Refuses what asks for WebSocket and is no handshake. That is one without `Connection: upgrade`, too: RFC 6455 §4.2.1
 * wants an error for it, and an application that gets the third party's page in place of a connection would not learn
 * that something on the way has removed the field.
 */
export function checkUpgrade(head: RequestHead): Rejection | undefined {
  return !asksForWebSocket(head) || isHandshake(head) ? undefined : reject(malformedUpgrade);
}
