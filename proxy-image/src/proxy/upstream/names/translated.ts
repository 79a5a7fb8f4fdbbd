import ipaddr from "ipaddr.js";
import { isIP } from "node:net";

/** A prefix through which a translator (NAT64) reaches IPv4. */
export interface TranslationPrefix {
  /** The 16 bytes of an address below it. */
  readonly bytes: readonly number[];
  /** One of the lengths of RFC 6052 §2.2. */
  readonly length: PrefixLength;
}

const LENGTHS = [32, 40, 48, 56, 64, 96] as const;
type PrefixLength = (typeof LENGTHS)[number];

/** Position of the IPv4 address below a prefix of each length: byte 8 is never part of it (RFC 6052 §2.2). */
const PLACES: Readonly<Record<PrefixLength, readonly number[]>> = {
  32: [4, 5, 6, 7],
  40: [5, 6, 7, 9],
  48: [6, 7, 9, 10],
  56: [7, 9, 10, 11],
  64: [9, 10, 11, 12],
  96: [12, 13, 14, 15],
};

/** The well-known prefix (RFC 6052 §2.1). */
const WELL_KNOWN: TranslationPrefix = { bytes: bytesOf("64:ff9b::"), length: 96 };
/** For local use (RFC 8215): the operator chooses a prefix below it, of any length. */
const LOCAL_USE = [48, 56, 64, 96].map((length): TranslationPrefix => ({
  bytes: bytesOf("64:ff9b:1::"),
  length: length as PrefixLength,
}));
/** Bits that all of the local-use range share. */
const LOCAL_USE_BITS = 48;

/**
 * The IPv4 addresses that an IPv6 address may stand for: through a translator (NAT64, RFC 6052), or a tunnel (6to4, RFC
 * 3056; Teredo, RFC 4380; ISATAP, RFC 5214). A packet to it may end at each of them.
 *
 * @param discovered prefixes of the network's own translators
 */
export function embeddedIn(address: string, discovered: readonly TranslationPrefix[] = []): string[] {
  if (isIP(address) !== 6) return [];
  const bytes = bytesOf(address);
  const found: string[] = [];
  const add = (places: readonly number[], mask = 0): void => {
    found.push(places.map((place) => bytes[place]! ^ mask).join("."));
  };
  for (const prefix of [WELL_KNOWN, ...discovered]) {
    if (isBelow(bytes, prefix.bytes, prefix.length)) add(PLACES[prefix.length]);
  }
  for (const { bytes: prefix, length } of LOCAL_USE) {
    if (!isBelow(bytes, prefix, LOCAL_USE_BITS)) break;
    // The bytes after the IPv4 address are zero (RFC 6052 §2.2), which rules out most lengths.
    const isZero = (byte: number): boolean => byte === 0;
    const rest = bytes.slice(PLACES[length].at(-1)! + 1);
    if (
      length === 96
        ? !bytes.slice(12).every(isZero) || found.length === 0
        : bytes[8] === 0 && rest.every(isZero)
    )
      add(PLACES[length]);
  }
  if (bytes[0] === 0x20 && bytes[1] === 0x02) add([2, 3, 4, 5]);
  if (isBelow(bytes, bytesOf("2001::"), 32)) {
    add([4, 5, 6, 7]);
    // The client's address, with every bit inverted (RFC 4380 §4).
    add([12, 13, 14, 15], 0xff);
  }
  // RFC 5214 §6.1: the universal/local bit shows whether the IPv4 address is unique.
  if ((bytes[8]! & 0xfd) === 0 && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe) {
    add([12, 13, 14, 15]);
  }
  return found;
}

/**
 * The prefixes of the network's translators, by the addresses of `ipv4only.arpa` (RFC 7050 §3): 192.0.0.170 or
 * 192.0.0.171 stands below each. The DNS answer is untrusted, but a wrong one can only make more embedded addresses be
 * checked.
 */
export function translationPrefixes(addresses: readonly string[]): TranslationPrefix[] {
  return addresses
    .filter((address) => isIP(address) === 6)
    .flatMap((address) => {
      const bytes = bytesOf(address);
      return LENGTHS.filter((length) => {
        const [a, b, c, d] = PLACES[length].map((place) => bytes[place]!);
        return a === 192 && b === 0 && c === 0 && (d === 170 || d === 171);
      }).map((length) => ({ bytes, length }));
    });
}

function isBelow(bytes: readonly number[], prefix: readonly number[], bits: number): boolean {
  for (let index = 0; index < bits / 8; index++) if (bytes[index] !== prefix[index]) return false;
  return true;
}

function bytesOf(address: string): number[] {
  return ipaddr.parse(address).toByteArray();
}
