import { authorityOf } from "../route/authority";
import type { Routes } from "../route/routes";

/**
 * Rewrites the request fields that name where the client is, or a resource it means, to the third party's own names.
 */
export interface OutwardReferences {
  /** One reference: Origin, Referer, WebDAV's Destination (RFC 4918 §10.3). */
  reference(value: string): string;
  /** References in angle brackets: WebDAV's If (RFC 4918 §10.4). */
  tagged(value: string): string;
}

/**
 * Turns `http://FOO.egress.local/...` into `https://FOO/...`: a third party compares Origin with its own origin, and
 * rejects a Destination on another host. Names of other listed third parties are turned as well: no third party needs
 * to see the cluster's names.
 */
export function outwardReferences(routes: Routes): OutwardReferences {
  const reference = (value: string): string => {
    const [start, host] = /^https?:\/\/([^/?#]*)/i.exec(value) ?? [];
    if (start === undefined) return value;
    const destination = routes.find(host!);
    if (destination === undefined || destination === "malformed" || destination.ownName) return value;
    return `https://${authorityOf(destination)}${value.slice(start.length)}`;
  };
  return {
    reference,
    tagged: (value) => value.replace(/<([^<>]*)>/g, (_all, url: string) => `<${reference(url)}>`),
  };
}
