import type { DnsClient } from "./client";
import { addressesOf, type Answer } from "./message";

/** musl's limit to an answer, which it does not ask for again over TCP (before 1.2.4). */
const MOST_BYTES = 512;

/**
 * Resolves a name as musl's getaddrinfo does (src/network/lookup_name.c): A and AAAA at once, without EDNS, with
 * the search domains first where the name has fewer dots than `ndots`. NXDOMAIN of either type ends a
 * candidate, any other failure of either type ends the look-up.
 *
 * @returns the addresses, or the error as getaddrinfo names it
 */
export async function resolveLikeMusl(
  dns: DnsClient,
  name: string,
  { search, ndots }: { search: readonly string[]; ndots: number },
): Promise<string[] | "EAI_AGAIN" | "EAI_FAIL" | "EAI_NODATA" | "EAI_NONAME"> {
  const isSearched = name.split(".").length - 1 < ndots;
  const candidates = [...(isSearched ? search.map((domain) => `${name}.${domain}`) : []), name];
  for (const candidate of candidates) {
    const both = await Promise.all(
      (["A", "AAAA"] as const).map((type) => dns.ask({ name: candidate, type })),
    );
    if (both.some(isCut)) return "EAI_FAIL";
    if (both.some(({ rcode }) => rcode === "SERVFAIL")) return "EAI_AGAIN";
    if (both.some(({ rcode }) => rcode === "NXDOMAIN")) continue;
    if (both.some(({ rcode }) => rcode !== "NOERROR")) return "EAI_FAIL";
    const addresses = both.flatMap(addressesOf);
    return addresses.length > 0 ? addresses : "EAI_NODATA";
  }
  return "EAI_NONAME";
}

function isCut({ truncated, bytes }: Answer): boolean {
  return truncated || bytes > MOST_BYTES;
}
