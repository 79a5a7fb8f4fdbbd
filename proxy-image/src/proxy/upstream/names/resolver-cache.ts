import { NameGoneError } from "./resolver";
import type { Resolved } from "../network";

/** Names that are kept; beyond, the oldest goes: random names under a wildcard must not fill the memory. */
const MOST_NAMES = 4_096;
/** Milliseconds: what DNS says is kept to within these. */
const SHORTEST = 1_000;
const LONGEST = 60_000;
/** Milliseconds for which old addresses are better than none, when DNS fails (RFC 8767). */
const STALE = 600_000;
/** Milliseconds for which a failure is remembered, so that an outage does not become a storm of questions. */
const FAILED = 500;

interface Entry {
  addresses: Resolved["addresses"];
  /** On `performance.now()`'s clock. */
  freshUntil: number;
  staleUntil: number;
  error?: Error | undefined;
  /** The one question that is under way. */
  pending?: Promise<readonly string[]> | undefined;
}

/** How a question for addresses was answered. */
export type Lookup = "hit" | "miss" | "stale" | "error";

/**
 * Remembers addresses for as long as DNS allows, asks once for all who wait, and goes on with old ones while DNS
 * fails.
 *
 * @param resolve asks DNS
 * @param observe is told how each question was answered, and after how many milliseconds where DNS was asked
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
      // A name that is gone has no old addresses: stale ones bridge failures only (RFC 8767 §4).
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
    // Used last, it goes last.
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
