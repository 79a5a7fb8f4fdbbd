import { MeshMode } from "../args/mesh";
import type { Settings } from "../settings";

/**
 * Families of the addresses of all Services: both where the cluster has both. With a mesh only the cluster's own first
 * family, because Linkerd's sidecars take no IPv6 unless it is installed with `disableIPv6: false`: a client that chose
 * the AAAA record would arrive without an identity. "SingleStack" also takes a second address away again.
 */
export function ipFamilyPolicy({ mesh }: Pick<Settings, "mesh">): "PreferDualStack" | "SingleStack" {
  return mesh === MeshMode.None ? "PreferDualStack" : "SingleStack";
}
