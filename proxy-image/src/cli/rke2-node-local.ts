import { CorefileError } from "../stubdomain/corefile/error";
import { parseCorefile } from "../stubdomain/corefile/server-blocks";
import { qualified, zoneKeys } from "../stubdomain/corefile/zone-key";

/** The first patch release of each minor version whose chart has `nodelocal.extraClusterDomains`: rancher/rke2 #10672. */
const SINCE: ReadonlyMap<number, number> = new Map([
  [33, 13],
  [34, 10],
  [35, 7],
  [36, 3],
]);
const [OLDEST, NEWEST] = [33, 36];

/** The zones beside the cluster's own for which the chart writes a block. */
const OTHERS = [".", "in-addr.arpa.", "ip6.arpa."];

/**
 * The values of `nodelocal.extraClusterDomains` with which RKE2's NodeLocal DNSCache sends a domain to CoreDNS, as it
 * does the cluster's own. The present ones stay.
 *
 * @param corefile of the cache, as the chart has written it
 * @param version of the API server, such as `v1.36.3+rke2r1`
 * @throws CorefileError if this chart has no such value, or if the Corefile is the user's own
 */
export function cacheDomains(corefile: string, domain: string, version: string): string[] {
  requireValue(version);
  const blocks = parseCorefile(corefile).blocks.map(({ keys, line }) =>
    keys.flatMap((key) => zoneKeys(key, line)).map(({ zone }) => zone),
  );
  const clusters = blocks.filter((zones) => !zones.some((zone) => OTHERS.includes(zone)));
  const [zones, ...more] = clusters;
  if (!zones || more.length > 0 || blocks.length !== OTHERS.length + 1) {
    throw new CorefileError(
      "the cache's Corefile (ConfigMap node-local-dns) is not the one that RKE2's chart makes: in the value that it " +
        `comes from (nodelocal.corefile.override) put ${domain} beside the cluster's domain, in the same block`,
    );
  }
  const present = zones.slice(1);
  const all = present.includes(qualified(domain)) ? present : [...present, qualified(domain)];
  return all.map((zone) => zone.slice(0, -1));
}

function requireValue(version: string): void {
  const [, minor, patch] = /^v1\.(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  if (minor === undefined || minor > NEWEST) return;
  if (minor >= OLDEST && patch! >= SINCE.get(minor)!) return;
  const releases = [...SINCE].map(([one, first]) => `1.${one}.${first}`).join(", ");
  throw new CorefileError(
    `this cluster has NodeLocal DNSCache, and the chart of RKE2 ${version} has no value for its domains ` +
      `(nodelocal.extraClusterDomains): update RKE2 to at least ${releases}, or switch the cache off`,
  );
}
