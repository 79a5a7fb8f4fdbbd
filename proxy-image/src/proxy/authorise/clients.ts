import type { ClientIdentity } from "../exchange/client";
import type { Peer } from "../message/client-stream";
import type { PolicyMesh } from "../../contract/policy/policy";
import { isFromOwnSidecar } from "../mesh/own-sidecar";
import type { MeshMode } from "../mesh/sidecar";
import { identityReader } from "./client-identity";

/** Identifies the clients of requests. */
export interface Clients {
  /** Whether requests of unidentified clients are denied, whatever they ask for. */
  readonly required: boolean;
  /**
   * @param rawHeaders flat: name, value, ...
   * @returns undefined if the mesh does not identify the client
   */
  of(peer: Peer, rawHeaders: readonly string[]): ClientIdentity | undefined;
}

/** Any client can write `l5d-client-id`, so it counts only if the pod's own sidecar has forwarded the request. */
export function createClients(mesh: PolicyMesh | undefined, mode: MeshMode): Clients {
  if (!mesh) return { required: false, of: () => undefined };
  const read = identityReader(mesh.identitySuffix);
  return {
    required: mode === "required",
    of: (peer, rawHeaders) => (isFromOwnSidecar(peer) ? read(rawHeaders) : undefined),
  };
}
