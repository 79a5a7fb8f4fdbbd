import { authorityOf } from "../route/authority";
import type { Routes } from "../route/routes";

/** What a request's fields say of where the client is or means to go, as the third party knows it. */
export interface OutwardReferences {
  /** One reference: Origin, Referer, WebDAV's Destination (RFC 4918 §10.3). */
  reference(value: string): string;
  /** References in angle brackets: WebDAV's If (RFC 4918 §10.4). */
  tagged(value: string): string;
}

/**
 * Turns `http://FOO.egress.local/...` into `https://FOO/...`: a third party compares Origin with its own, and refuses a
 * Destination on another host. Names of other listed third parties are turned as well: none needs to see the cluster's.
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
