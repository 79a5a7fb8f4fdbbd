import { DnsMessageError } from "./error";

const MAX_NAME_BYTES = 255;
const MAX_LABEL_BYTES = 63;

/**
 * Encodes a name as in a message: RFC 1035, section 3.1.
 *
 * @throws DnsMessageError for an invalid name
 */
export function encodeName(name: string): Buffer {
  const labels = name.replace(/\.$/, "").split(".");
  const parts = labels.map((label) => {
    const bytes = Buffer.from(label);
    if (bytes.length === 0 || bytes.length > MAX_LABEL_BYTES)
      throw new DnsMessageError(`${name} is no domain name`);
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
}

/**
 * Reads a name, which may point backwards into the message (RFC 1035, section 4.1.4).
 *
 * @throws DnsMessageError if it points elsewhere or is too long, RangeError if the message ends in it
 */
export function readName(message: Buffer, start: number): { text: string; end: number } {
  const labels: string[] = [];
  let at = start;
  let end: number | undefined;
  let bytes = 0;
  for (;;) {
    const length = message.readUInt8(at);
    if (length === 0) return { text: nameText(labels.join(".")), end: end ?? at + 1 };
    if (length >= 0xc0) {
      const target = message.readUInt16BE(at) & 0x3fff;
      // Only backwards, so that the loop ends.
      if (target >= at) throw new DnsMessageError("a name in the answer points forwards");
      end ??= at + 2;
      at = target;
      continue;
    }
    bytes += length + 1;
    if (length > MAX_LABEL_BYTES || bytes > MAX_NAME_BYTES)
      throw new DnsMessageError("a name in the answer is too long");
    if (at + 1 + length > message.length) throw new RangeError();
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
}

/** The canonical spelling for comparisons: lower case, with the last dot. */
export function nameText(name: string): string {
  return `${name.replace(/\.$/, "")}.`.toLowerCase();
}
