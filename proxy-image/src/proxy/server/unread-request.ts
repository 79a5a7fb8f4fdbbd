import type { Socket } from "node:net";
import { type Failure, headersTooLarge, malformedRequest, targetTooLong } from "../errors/failures";
import { SectionTooLargeError } from "../http1/malformed";
import { type ReadSoFar, readSoFar } from "../message/read-so-far";
import { MOST_HEADER_BYTES } from "../http1/request-head-reader";

/** What is known of a request whose head could not be read: nothing secret, no control characters. */
export interface UnreadRequest extends ReadSoFar {
  /** What is wrong with it. */
  readonly reason: string;
  /** Address and port of the client. */
  readonly peer: string;
  /** Bytes of its head that have come. */
  readonly bytesRead: number;
}

/** @param bytes what has come of it */
export function unreadRequest(socket: Socket, bytes: Buffer, reason: string): UnreadRequest {
  const { remoteAddress = "unknown", remotePort = 0 } = socket;
  // RFC 9112 §2.2: empty lines may stand before a request.
  const text = bytes.toString("latin1", 0, MOST_HEADER_BYTES).trimStart();
  return { ...readSoFar(text), reason, peer: `${remoteAddress}:${remotePort}`, bytesRead: bytes.length };
}

/** The failure that an error of the readers of requests stands for. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof SectionTooLargeError)) return malformedRequest;
  return error.inFirstLine ? targetTooLong : headersTooLarge;
}

/** @param milliseconds that a head may take */
export function lateReason(bytes: Buffer, milliseconds: number): string {
  return `${bytes.length} bytes came within ${milliseconds / 1_000} s, and no empty line behind the header section.`;
}

/** What is wrong with a body, as a sentence. */
export function bodyReason({ message }: Error): string {
  return `The body: ${message}${message.endsWith(".") ? "" : "."}`;
}
