import type { Socket } from "node:net";
import type { PolicyMesh } from "../../contract/policy/policy";
import { isFromOwnSidecar } from "../mesh/own-sidecar";
import type { MeshMode } from "../mesh/sidecar";
import { type Caller, callerReader } from "./client-identity";

/** Tells who sends a request. */
export interface Callers {
  /** Whether a request of a caller that nobody vouches for is refused, whatever it asks for. */
  readonly required: boolean;
  /**
   * @param rawHeaders flat: name, value, …
   * @returns undefined where nobody vouches for the caller
   */
  of(socket: Socket, rawHeaders: readonly string[]): Caller | undefined;
}

/** Anybody may write `l5d-client-id`: it counts where the pod's own sidecar has passed the request on. */
export function createCallers(mesh: PolicyMesh | undefined, mode: MeshMode): Callers {
  if (!mesh) return { required: false, of: () => undefined };
  const read = callerReader(mesh.identitySuffix);
  return {
    required: mode === "required",
    of: (socket, rawHeaders) => (isFromOwnSidecar(socket) ? read(rawHeaders) : undefined),
  };
}
