import {
  type Failure,
  headersTooLarge,
  http2NotSpoken,
  malformedRequest,
  overloaded,
  requestTimeout,
  targetTooLong,
} from "../errors/failures";
import type { Unreadable } from "../http1/client/request-handler";
import { SectionTooLargeError } from "../http1/malformed";
import type { Peer } from "../message/client-stream";
import { readSoFar } from "../message/read-so-far";
import type { UnreadRequest } from "../observe/observer";

/** Bytes that are searched for a method, a host and a path. */
const MOST_SHOWN = 16 * 1024;

/** @param bytes what has arrived of it */
export function unreadRequest(
  { remoteAddress = "unknown", remotePort = 0 }: Peer,
  bytes: Buffer,
  reason: string,
): UnreadRequest {
  // RFC 9112 §2.2: empty lines may stand before a request.
  const text = bytes.toString("latin1", 0, MOST_SHOWN).trimStart();
  return { ...readSoFar(text), reason, peer: `${remoteAddress}:${remotePort}`, bytesRead: bytes.length };
}

/** Explains why the bytes are not a request. */
export function explainUnreadable(what: Unreadable, bytes: Buffer): { failure: Failure; reason: string } {
  switch (what.kind) {
    case "http2":
      return { failure: http2NotSpoken, reason: http2NotSpoken.title };
    case "crowded":
      return {
        failure: overloaded,
        reason: "Too many requests have begun whose header sections do not end.",
      };
    case "late":
      return {
        failure: requestTimeout,
        reason: `${bytes.length} bytes came within ${what.milliseconds / 1_000} s, and no empty line behind the header section.`,
      };
    case "malformed":
      return { failure: failureOf(what.error), reason: what.error.message };
  }
}

/** The failure for an error of the request parser. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof SectionTooLargeError)) return malformedRequest;
  return error.inFirstLine ? targetTooLong : headersTooLarge;
}

/** Why a body is invalid, as a sentence. */
export function bodyReason({ message }: Error): string {
  return `The body: ${message}${message.endsWith(".") ? "" : "."}`;
}
