import { isIPv4, isIPv6 } from "node:net";

/**
 * The reverse zones that cover a range of addresses. There are several if its length is not on a label's boundary (8
 * bits for IPv4, 4 for IPv6), as CoreDNS splits them.
 *
 * @param text possibly a range in CIDR notation
 * @returns fully qualified names, or undefined if the text is no such range
 */
export function reverseZones(text: string): string[] | undefined {
  const [, address, prefix] = /^([0-9a-fA-F:.]+)\/(\d{1,3})$/.exec(text) ?? [];
  if (address === undefined || prefix === undefined) return undefined;
  const length = Number(prefix);
  if (isIPv4(address)) {
    return length > 32 ? undefined : zonesOf(address.split(".").map(Number), length, 8, 10, "in-addr.arpa.");
  }
  if (!isIPv6(address) || length > 128) return undefined;
  return zonesOf(nibbles(address), length, 4, 16, "ip6.arpa.");
}

function zonesOf(digits: number[], length: number, bits: number, radix: number, suffix: string): string[] {
  const kept = Math.ceil(length / bits);
  const free = kept * bits - length;
  const labels = digits.slice(0, kept);
  const last = labels.pop();
  if (last === undefined) return [suffix];
  const first = last - (last % 2 ** free);
  return Array.from({ length: 2 ** free }, (_, at) =>
    [...labels, first + at]
      .reverse()
      .map((label) => label.toString(radix))
      .concat(suffix)
      .join("."),
  );
}

/** The 32 hexadecimal digits of an IPv6 address. */
function nibbles(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const hex = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16);
  const plain = dotted
    ? `${dotted[1]!}${hex(dotted[2]!, dotted[3]!)}:${hex(dotted[4]!, dotted[5]!)}`
    : address;
  const [head = "", tail] = plain.split("::");
  const groups = (part: string) => part.split(":").filter((group) => group !== "");
  const before = groups(head);
  const after = groups(tail ?? "");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...(tail === undefined ? [] : zeros), ...after]
    .flatMap((group) => Array.from(group.padStart(4, "0")))
    .map((digit) => parseInt(digit, 16));
}
