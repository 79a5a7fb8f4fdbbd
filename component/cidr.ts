import { isIP } from "node:net";

/** A range of addresses. */
export interface Cidr {
  readonly family: 4 | 6;
  /** Its first address, as a number. */
  readonly first: bigint;
  /** Bits that all its addresses share. */
  readonly prefix: number;
}

/** Parses CIDR notation with any address within the range; undefined if it is invalid. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([0-9a-fA-F.:]+)\/(0|[1-9]\d{0,2})$/.exec(text);
  if (!match) return undefined;
  const address = match[1]!;
  const family = isIP(address);
  const prefix = Number(match[2]);
  if ((family !== 4 && family !== 6) || prefix > bits(family)) return undefined;
  const hostBits = BigInt(bits(family) - prefix);
  return { family, first: (numberOf(address, family) >> hostBits) << hostBits, prefix };
}

/** The notation that Kubernetes requires: the first address, in its shortest form (RFC 5952). */
export function formatCidr({ family, first, prefix }: Cidr): string {
  const width = family === 4 ? 8 : 16;
  const parts = Array.from({ length: bits(family) / width }, (_, index) =>
    Number((first >> BigInt(bits(family) - width * (index + 1))) & BigInt(2 ** width - 1)),
  );
  if (family === 4) return `${parts.join(".")}/${prefix}`;
  return `${shortest(parts.map((part) => part.toString(16)).join(":"))}/${prefix}`;
}

/** Whether every address of `inner` is in `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  if (outer.family !== inner.family || outer.prefix > inner.prefix) return false;
  const hostBits = BigInt(bits(outer.family) - outer.prefix);
  return outer.first >> hostBits === inner.first >> hostBits;
}

function bits(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

function numberOf(address: string, family: 4 | 6): bigint {
  if (family === 4) return address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head, tail] = shortest(address).split("::") as [string, string | undefined];
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].reduce((sum, part) => sum * 65_536n + BigInt(`0x${part}`), 0n);
}

/** WHATWG URL §3.5 serialises addresses as RFC 5952 does, but never with the last four bytes in dotted form. */
function shortest(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}
