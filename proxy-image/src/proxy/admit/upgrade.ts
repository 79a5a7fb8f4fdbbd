import { malformedUpgrade, upgradeRefused } from "../errors/failures";
import { isHandshake } from "../forward/handshake";
import type { RequestHead } from "../http1/request-head";
import { type Rejection, reject } from "./rejection";

/**
 * Whether a request asks for a protocol that this proxy speaks: WebSocket. An offer to go on in HTTP/2 is left
 * unanswered, as any server may do (RFC 9110 §7.8): Java's HTTP client makes it with every first request.
 */
export function isUpgrade({ upgrade }: RequestHead): boolean {
  return upgrade !== undefined && upgrade.toLowerCase() !== "h2c";
}

/** Refuses an upgrade to anything but WebSocket, and a handshake that is none. */
export function checkUpgrade(head: RequestHead): Rejection | undefined {
  if (!isUpgrade(head)) return undefined;
  if (head.upgrade!.toLowerCase() !== "websocket") return reject(upgradeRefused);
  return isHandshake(head) ? undefined : reject(malformedUpgrade);
}
