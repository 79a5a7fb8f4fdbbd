import type { Peer } from "../message/client-stream";

/**
 * Whether a connection was made by this pod's own sidecar. Only then what it says about the client is the mesh's word.
 *
 * A sidecar connects from inside the pod to the address that the client called, which is the pod's own, so both ends
 * have that address. A connection from outside has another remote address. This happens without a sidecar, on a port
 * that the sidecar skips, or if the CNI plugin was late: then the pod's traffic is not redirected although its sidecar
 * is ready.
 */
export function isFromOwnSidecar({ remoteAddress, localAddress }: Peer): boolean {
  return remoteAddress !== undefined && remoteAddress === localAddress;
}
