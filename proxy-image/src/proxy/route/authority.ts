import type { Destination } from "./route";

/** What the Host field of a request to a third party says: `hostHeader`, or the host, with its port where it is not 443. */
export function authorityOf({ route, host }: Pick<Destination, "route" | "host">): string {
  const { port, hostHeader } = route.upstream;
  return hostHeader ?? (port === 443 ? host : `${host}:${port}`);
}
