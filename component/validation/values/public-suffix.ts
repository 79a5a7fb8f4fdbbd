import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { getPublicSuffix } from "tldts";

/**
 * Why a wildcard over `suffix` would include strangers' names, or undefined: the suffix is an entry of the Public
 * Suffix List (`com`, `github.io`, `s3.amazonaws.com`), or above one (`amazonaws.com`). Anyone can get a name below it.
 * Source: https://publicsuffix.org, private section included.
 */
export function sharedSuffixReason(suffix: string): string | undefined {
  if (getPublicSuffix(suffix, { allowPrivateDomains: true }) === suffix) {
    return `${suffix} is on the Public Suffix List`;
  }
  const below = parentsOfSuffixes().get(suffix);
  return below === undefined ? undefined : `${below}, on the Public Suffix List, is below ${suffix}`;
}

let parents: Map<string, string> | undefined;

/**
 * Every proper ancestor of an entry, with one entry below it. tldts tells whether a name is one, but has no list; psl's
 * data file does.
 */
function parentsOfSuffixes(): Map<string, string> {
  if (parents) return parents;
  parents = new Map();
  const file = join(dirname(require.resolve("psl")), "..", "data", "rules.js");
  for (const [, rule] of readFileSync(file, "utf8").matchAll(/"!?([^"]+)"/g)) {
    const labels = rule!.replace(/^\*\./, "").split(".");
    for (let i = 1; i < labels.length - 1; i++) {
      const parent = labels.slice(i).join(".");
      if (!parents.has(parent)) parents.set(parent, labels.join("."));
    }
  }
  if (!parents.has("amazonaws.com")) throw new Error(`${file} does not hold the Public Suffix List`);
  return parents;
}
