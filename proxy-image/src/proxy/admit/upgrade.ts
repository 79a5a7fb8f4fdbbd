import type { IncomingMessage } from "node:http";
import { type Failure, malformedUpgrade, upgradeRefused } from "../errors/failures";
import { isHandshake } from "../forward/handshake";

/**
 * Whether a request asks for a protocol that this proxy speaks: WebSocket. An offer to go on in HTTP/2 is left
 * unanswered, as any server may do (RFC 9110 §7.8): Java's HTTP client makes it with every first request.
 */
export function isUpgrade(req: IncomingMessage): boolean {
  return req.headers.upgrade !== undefined && !isOfferOfHttp2(req);
}

/**
 * @param upgrade present where Node has given up the connection for the upgrade
 */
export function checkUpgrade(req: IncomingMessage, upgrade: unknown): Failure | undefined {
  if (!isUpgrade(req)) return undefined;
  if (req.headers.upgrade!.toLowerCase() !== "websocket") return upgradeRefused;
  return upgrade !== undefined && isHandshake(req) ? undefined : malformedUpgrade;
}

function isOfferOfHttp2({ headers }: IncomingMessage): boolean {
  return headers.upgrade!.toLowerCase() === "h2c";
}
