import type { Socket } from "node:net";
import { constants } from "node:os";

/** What libuv's `uv_read_start` returns for a stream that is being read. */
const ALREADY_READING = -constants.errno.EALREADY;

/** What is used here of Node's handles, which have no types. */
interface TlsHandle {
  /** The TCP handle beneath TLS. */
  readonly _parent?: { readStart?(): number };
}

/**
 * Whether TLS, not TCP, ended the other side's data. Anyone on the way can forge a TCP FIN, so only TLS's close_notify
 * proves that nothing is missing (RFC 8446 §6.1).
 *
 * Node emits the same `end` for both. They differ in the TCP handle: libuv stops to read it at a FIN, before it tells
 * of that, and goes on reading behind a close_notify. A count of encrypted bytes (`bytesRead`) is no proof: a part of
 * a record, or a session ticket, adds to it too.
 *
 * @param socket a TLS socket in its `end` event, before a listener destroys it, and not paused before: a paused handle
 * is not read either
 * @returns false also where Node's handles have another shape than in Node 24
 */
export function sawCloseNotify(socket: Socket): boolean {
  const { _handle: handle } = socket as unknown as { readonly _handle?: TlsHandle | null };
  return handle?._parent?.readStart?.() === ALREADY_READING;
}
