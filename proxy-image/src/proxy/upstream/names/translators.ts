import { isIP } from "node:net";
import { type TranslationPrefix, translationPrefixes } from "./translated";

/** The name whose IPv6 addresses show the prefixes of the network's translators (RFC 7050). */
const NAME = "ipv4only.arpa.";
/** Milliseconds for which an answer is valid, or after which a missing one is queried again. */
const REFRESH = 600_000;
/** Milliseconds: most networks have no translator, and a DNS server that drops the query must not delay requests. */
const PATIENCE = 500;

/** Returns the prefixes of the network's translators. */
export type Translators = (addresses: readonly string[]) => Promise<readonly TranslationPrefix[]>;

/**
 * Queries DNS for the prefixes when the first IPv6 address is checked. If DNS has no answer there are none: the
 * well-known prefix needs no query.
 */
export function createTranslators(resolve: (name: string) => Promise<readonly string[]>): Translators {
  let prefixes: Promise<readonly TranslationPrefix[]> | undefined;
  let askedAt = 0;
  return (addresses) => {
    if (!addresses.some((address) => isIP(address) === 6)) return Promise.resolve([]);
    const now = performance.now();
    if (prefixes === undefined || now - askedAt > REFRESH) {
      askedAt = now;
      prefixes = withPatience(resolve(NAME));
    }
    return prefixes;
  };
}

function withPatience(answer: Promise<readonly string[]>): Promise<readonly TranslationPrefix[]> {
  return new Promise((settle) => {
    const timer = setTimeout(() => settle([]), PATIENCE);
    const finish = (prefixes: readonly TranslationPrefix[]): void => {
      clearTimeout(timer);
      settle(prefixes);
    };
    answer.then(
      (addresses) => finish(translationPrefixes(addresses)),
      () => finish([]),
    );
  });
}
