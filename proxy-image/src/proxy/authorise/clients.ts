import type { ClientIdentity } from "../exchange/client";
import type { Peer } from "../message/client-stream";
import type { PolicyMesh } from "../../contract/policy/policy";
import { isFromOwnSidecar } from "../mesh/own-sidecar";
import type { MeshMode } from "../mesh/sidecar";
import { identityReader } from "./client-identity";

/** Tells who sends a request. */
export interface Clients {
  /** Whether a request of a client that nobody vouches for is refused, whatever it asks for. */
  readonly required: boolean;
  /**
   * @param rawHeaders flat: name, value, ...
   * @returns undefined where nobody vouches for the client
   */
  of(peer: Peer, rawHeaders: readonly string[]): ClientIdentity | undefined;
}

/** Anybody may write `l5d-client-id`: it counts where the pod's own sidecar has passed the request on. */
export function createClients(mesh: PolicyMesh | undefined, mode: MeshMode): Clients {
  if (!mesh) return { required: false, of: () => undefined };
  const read = identityReader(mesh.identitySuffix);
  return {
    required: mode === "required",
    of: (peer, rawHeaders) => (isFromOwnSidecar(peer) ? read(rawHeaders) : undefined),
  };
}
