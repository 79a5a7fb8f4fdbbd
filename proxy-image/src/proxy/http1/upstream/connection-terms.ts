import { namesConnectionScheme } from "../../message/fields/connection-auth";
import { closes } from "../../message/fields/closes";

/**
 * Milliseconds for which an idle connection is kept if the third party names no time: load balancers keep theirs for 60
 * s.
 */
export const KEEP_ALIVE = 55_000;
/** The most that a third party can ask for. */
const MOST_KEEP_ALIVE = 60_000;
/**
 * The connection is closed this much earlier than the third party closes it: a request that crosses its close would
 * fail.
 */
const MARGIN = 2_000;

/** What a response says about its connection. */
export interface ConnectionTerms {
  /** Milliseconds for which it may be idle; undefined if the response does not say. */
  keepAlive: number | undefined;
  /** The connection ends with the response. */
  last: boolean;
  /** The connection is authenticated, or is about to be (NTLM, Negotiate). */
  signsOn: boolean;
}

/** @param fields flat: name, value, ... */
export function connectionTerms(fields: readonly string[]): ConnectionTerms {
  const terms: ConnectionTerms = { keepAlive: undefined, last: false, signsOn: false };
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!;
    const value = fields[i + 1]!;
    // Compare the lengths first: lower-casing every name would cost more than the rest of the loop.
    if (name.length === 10) readKeepAlive(terms, name.toLowerCase(), value);
    else if (isSignOn(name, value)) terms.signsOn = true;
  }
  return terms;
}

function readKeepAlive(terms: ConnectionTerms, name: string, value: string): void {
  if (name === "connection") {
    if (closes(value)) terms.last = true;
    return;
  }
  if (name !== "keep-alive") return;
  const seconds = /(?:^|[,;\s])timeout=(\d{1,6})/i.exec(value)?.[1];
  if (seconds === undefined) return;
  terms.keepAlive = Math.min(Number(seconds) * 1_000 - MARGIN, MOST_KEEP_ALIVE);
  if (terms.keepAlive <= 0) terms.last = true;
}

/** Whether a response's field says that the connection is authenticated, or is about to be. */
function isSignOn(name: string, value: string): boolean {
  if (name.length === 16) return name.toLowerCase() === "www-authenticate" && namesConnectionScheme(value);
  return name.length === 15 && name.toLowerCase() === "persistent-auth";
}
