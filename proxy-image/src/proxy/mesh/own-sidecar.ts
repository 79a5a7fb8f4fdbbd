import type { Socket } from "node:net";

/** Asking a socket costs 0.3 µs, and its addresses don't change. */
const known = new WeakMap<Socket, boolean>();

/**
 * Whether a connection was made by this pod's own sidecar, so that what it says of the caller is the mesh's word.
 *
 * A sidecar connects from inside the pod to the address that the caller dialled, the pod's own, and so both ends
 * have that address. Whoever comes from outside has another: no sidecar, a port that it skips, or a pod whose
 * traffic was not redirected because the CNI plugin was late, with a sidecar that is ready all the same.
 */
export function isFromOwnSidecar(socket: Socket): boolean {
  let own = known.get(socket);
  if (own === undefined) {
    own = socket.remoteAddress !== undefined && socket.remoteAddress === socket.localAddress;
    known.set(socket, own);
  }
  return own;
}
