import type { Peer } from "../message/client-stream";

/**
 * Whether a connection was made by this pod's own sidecar, so that what it says of the client is the mesh's word.
 *
 * A sidecar connects from inside the pod to the address that the client called, the pod's own, and so both ends have
 * that address. What comes from outside has another: no sidecar, a port that it skips, or a pod whose traffic was not
 * redirected because the CNI plugin was late, with a sidecar that is ready all the same.
 */
export function isFromOwnSidecar({ remoteAddress, localAddress }: Peer): boolean {
  return remoteAddress !== undefined && remoteAddress === localAddress;
}
