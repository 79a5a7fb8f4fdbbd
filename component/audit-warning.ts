import type { Audit } from "./args/observation";
import { endOfDay } from "./validation/values/day";

/** The warning of every preview during an audit, which should not be forgotten. Pure. */
export function auditWarning({ namespaces, until }: Audit, now: Date): string {
  const who = namespaces.join(", ");
  return now.getTime() < Date.parse(endOfDay(until))
    ? `audit: until the end of ${until} (UTC) every meshed client in ${who} may call any public host`
    : `audit: ended on ${until}; its names still resolve and are refused. Leave it out, or give another day`;
}
