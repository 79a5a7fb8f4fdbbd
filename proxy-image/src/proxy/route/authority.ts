import type { Destination } from "./route";

/** The Host field of a request to a third party: `hostHeader`, or the host, with its port if it is not 443. */
export function authorityOf({ route, host }: Pick<Destination, "route" | "host">): string {
  const { port, hostHeader } = route.upstream;
  return hostHeader ?? (port === 443 ? host : `${host}:${port}`);
}
