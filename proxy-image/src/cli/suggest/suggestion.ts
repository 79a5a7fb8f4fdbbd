import type { PolicyRule } from "../../contract/policy/policy";
import type { Sighting, Sightings } from "./sightings";

/** An entry of `upstreams`. */
export interface SuggestedUpstream {
  readonly host: string;
  readonly websockets?: true;
  readonly allow: PolicyRule[];
}

/** A list that allows what the log or the metrics contain; paths are not restricted. */
export interface Suggestion {
  /** Sorted by host. */
  readonly upstreams: { readonly upstream: SuggestedUpstream; readonly seen: Sighting }[];
  /** Hosts that never gave a whole response: misspelt, private, or no longer there. Sorted. */
  readonly neverAnswered: string[];
}

/**
 * Suggests one upstream for each host, and one rule for each set of methods, with the clients that used all of them.
 * Rules have no paths: those in a log contain identifiers, and only a person who knows the third party's API can say
 * which of them are the same call.
 */
export function suggest({ hosts }: Sightings): Suggestion {
  const sorted = [...hosts].sort(([a], [b]) => order(a, b));
  const answered = sorted.filter(([, { methods }]) => methods.size > 0);
  return {
    upstreams: answered.map(([host, seen]) => ({
      upstream: { host, ...(seen.websocket && { websockets: true }), allow: rulesOf(seen.methods) },
      seen,
    })),
    neverAnswered: sorted.filter(([, { methods }]) => methods.size === 0).map(([host]) => host),
  };
}

function rulesOf(byClient: Sighting["methods"]): PolicyRule[] {
  const clientsByMethods = new Map<string, string[]>();
  for (const [client, methods] of byClient) {
    const key = [...methods].sort(order).join();
    clientsByMethods.set(key, [...(clientsByMethods.get(key) ?? []), client]);
  }
  return [...clientsByMethods]
    .sort(([a], [b]) => order(a, b))
    .map(([methods, clients]) => ({
      clients: clients.sort(order).map((client) => {
        const [namespace, serviceAccount] = client.split("/") as [string, string | undefined];
        return { namespace, ...(serviceAccount !== undefined && { serviceAccount }) };
      }),
      ...(methods !== "" && { methods: methods.split(",") }),
    }));
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
