import type { Socket } from "node:net";
import { constants } from "node:os";

/** Result of libuv's `uv_read_start` for a stream that is already being read. */
const ALREADY_READING = -constants.errno.EALREADY;

/** The parts of Node's handles that are used here; Node has no types for them. */
interface TlsHandle {
  /** The TCP handle beneath TLS. */
  readonly _parent?: { readStart?(): number };
}

/**
 * Whether TLS, not TCP, ended the other side's data. Anyone on the network path can forge a TCP FIN, so only TLS's
 * close_notify proves that nothing is missing (RFC 8446 §6.1).
 *
 * Node emits the same `end` for both. The TCP handle shows the difference: libuv stops reading at a FIN before it
 * reports the end, and continues to read after a close_notify. A count of encrypted bytes (`bytesRead`) is no proof: a
 * part of a record, or a session ticket, adds to it too.
 *
 * @param socket a TLS socket in its `end` event, before a listener destroys it, and not paused before: a paused handle
 * is not read either
 * @returns false also if Node's handles have another shape than in Node 24
 */
export function sawCloseNotify(socket: Socket): boolean {
  const { _handle: handle } = socket as unknown as { readonly _handle?: TlsHandle | null };
  return handle?._parent?.readStart?.() === ALREADY_READING;
}
