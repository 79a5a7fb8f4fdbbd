import type { RequestHead } from "./request-head";
import { hostOf, pathOf } from "./shown";

/** What is known of a request whose head could not be parsed: no secret, no control characters. */
export interface ReadSoFar {
  readonly method?: string;
  /** The first Host, as received. */
  readonly host?: string;
  readonly path?: string;
}

const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}(?= )/;
const TARGET = /^[^ \r\n]+/;
const HOST = /\n[Hh][Oo][Ss][Tt][\t ]*:[\t ]*([\x21-\x7e]+)/;

/** @param text latin1, from the request line on; it may be cut anywhere, and may contain anything */
export function readSoFar(text: string): ReadSoFar {
  const method = METHOD.exec(text)?.[0];
  if (method === undefined) return {};
  const target = TARGET.exec(text.slice(method.length + 1))?.[0];
  const host = HOST.exec(text)?.[1];
  return {
    method,
    ...(host !== undefined && { host: hostOf(host) }),
    ...(target !== undefined && { path: pathOf(target) }),
  };
}

/** The same for a request whose head has been parsed. */
export function askedFor({ method, host, target }: RequestHead): ReadSoFar {
  return { method, ...(host !== undefined && { host: hostOf(host) }), path: pathOf(target) };
}

/**
 * The largest field of a header section that is too large.
 *
 * @param text as for `readSoFar`
 * @returns `"Cookie" with 15,000 bytes`; undefined if there is no field
 */
export function largestField(text: string): string | undefined {
  let largest: string | undefined;
  let most = 0;
  let start = text.indexOf("\n") + 1;
  while (start > 0 && start < text.length) {
    const feed = text.indexOf("\n", start);
    const end = feed === -1 ? text.length : feed;
    if (end - start > most) {
      most = end - start;
      largest = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}(?=:)/.exec(text.slice(start, start + 65))?.[0];
    }
    start = feed + 1;
  }
  return largest === undefined ? undefined : `"${largest}" with ${most} bytes`;
}
