import type { EgressProxyArgs } from "./args/egress-proxy";
import type { Upstream } from "./args/upstream";
import { MeshMode } from "./args/mesh";
import { auditWarning } from "./audit-warning";
import { parseDuration } from "./validation/values/duration";

/** Warnings about valid arguments, shown at every preview. Pure. */
export function warningsOf({ mesh, upstreams, audit }: EgressProxyArgs, now = new Date()): string[] {
  return [
    ...(mesh?.mode === MeshMode.None
      ? [
          'mesh.mode is "none": requests from applications to the proxy are not encrypted, and any pod of the ' +
            "cluster may call the upstreams",
        ]
      : []),
    ...upstreams.flatMap(streamsThatAreCut),
    ...(audit ? [auditWarning(audit, now)] : []),
  ];
}

/**
 * The mesh resets a response before its end (seen: 200, then a reset after 2 s) although the proxy would continue to
 * stream it.
 */
function streamsThatAreCut({ mesh, timeouts }: Upstream, index: number): string[] {
  const total = timeouts?.total === undefined ? Infinity : parseDuration(timeouts.total)!;
  return (["request", "response"] as const).flatMap((key) => {
    const limit = mesh?.timeouts?.[key];
    if (limit === undefined || parseDuration(limit)! >= total) return [];
    const path = `upstreams[${index}]`;
    return [
      `${path}.mesh.timeouts.${key}: resets answers that still stream after ${limit}; if that is intended, ` +
        `say ${path}.timeouts.total: ${JSON.stringify(limit)} too, which tells clients the reason`,
    ];
  });
}
