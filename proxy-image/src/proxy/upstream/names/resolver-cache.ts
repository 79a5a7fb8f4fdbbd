import { NameGoneError } from "./resolver";
import type { Resolved } from "../network";

/** Cached names; beyond that the oldest is dropped: random names under a wildcard must not fill the memory. */
const MOST_NAMES = 4_096;
/** Bounds of a TTL, in milliseconds. */
const SHORTEST = 1_000;
const LONGEST = 60_000;
/** Milliseconds for which expired addresses are used when DNS fails (RFC 8767). */
const STALE = 600_000;
/** Milliseconds for which a failure is cached, so that an outage does not cause a flood of queries. */
const FAILED = 500;

interface Entry {
  addresses: Resolved["addresses"];
  /** On `performance.now()`'s clock. */
  freshUntil: number;
  staleUntil: number;
  error?: Error | undefined;
  /** The query in progress, if any. */
  pending?: Promise<readonly string[]> | undefined;
}

/** Outcome of a look-up. */
export type Lookup = "hit" | "miss" | "stale" | "error";

/**
 * Caches addresses for as long as DNS allows, shares one query among all look-ups of a name, and uses expired addresses
 * while DNS fails.
 *
 * @param resolve queries DNS
 * @param observe called with the outcome of each look-up, and after how many milliseconds if DNS was queried
 */
export function cached(
  resolve: (name: string) => Promise<Resolved>,
  observe: (lookup: Lookup, milliseconds: number) => void,
): (name: string) => Promise<readonly string[]> {
  const entries = new Map<string, Entry>();

  const renew = async (name: string, entry: Entry): Promise<readonly string[]> => {
    const began = performance.now();
    try {
      const { addresses, ttl } = await resolve(name);
      const now = performance.now();
      entry.addresses = addresses;
      entry.freshUntil = now + Math.min(LONGEST, Math.max(SHORTEST, ttl * 1_000));
      entry.staleUntil = entry.freshUntil + STALE;
      entry.error = undefined;
      observe("miss", now - began);
      return addresses;
    } catch (error) {
      const now = performance.now();
      entry.freshUntil = now + FAILED;
      // A name that no longer exists has no addresses: stale ones bridge failures only (RFC 8767 §4).
      const gone = error instanceof NameGoneError;
      if (!gone && entry.addresses.length > 0 && now < entry.staleUntil) {
        observe("stale", now - began);
        return entry.addresses;
      }
      entry.addresses = [];
      entry.error = error as Error;
      observe("error", now - began);
      throw error;
    } finally {
      entry.pending = undefined;
    }
  };

  return (name) => {
    let entry = entries.get(name);
    if (!entry) {
      if (entries.size >= MOST_NAMES) entries.delete(entries.keys().next().value!);
      entry = { addresses: [], freshUntil: 0, staleUntil: 0 };
    } else entries.delete(name);
    // Re-insert to mark as most recently used.
    entries.set(name, entry);
    if (entry.pending) return entry.pending;
    if (performance.now() < entry.freshUntil) {
      observe(entry.error === undefined ? "hit" : "error", 0);
      return entry.error === undefined ? Promise.resolve(entry.addresses) : Promise.reject(entry.error);
    }
    entry.pending = renew(name, entry);
    return entry.pending;
  };
}
