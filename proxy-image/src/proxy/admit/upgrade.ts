import { malformedUpgrade } from "../errors/failures";
import { asksForWebSocket, isHandshake } from "../message/websocket";
import type { RequestHead } from "../message/request-head";
import { type Rejection, reject } from "./rejection";

/**
 * Rejects a request that asks for WebSocket and is not a handshake. This includes one without `Connection: upgrade`:
 * RFC 6455 §4.2.1 requires an error for it. Otherwise the application would get the third party's page in place of a
 * connection, and would not learn that an intermediary has removed the field.
 */
export function checkUpgrade(head: RequestHead): Rejection | undefined {
  return !asksForWebSocket(head) || isHandshake(head) ? undefined : reject(malformedUpgrade);
}
