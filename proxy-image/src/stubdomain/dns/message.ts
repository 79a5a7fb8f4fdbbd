/** What a DNS server says about a zone's SOA record. */
export interface SoaAnswer {
  /** RFC 1035 name of the response code, such as "NXDOMAIN". */
  rcode: string;
  /** The primary name server, lower case with the last dot; absent when there is no such record in the answer. */
  mname?: string;
}

/** The bytes are no answer to the question. */
export class DnsMessageError extends Error {
  override readonly name = "DnsMessageError";
}

const TYPE_SOA = 6;
const CLASS_IN = 1;
const HEADER_BYTES = 12;
const RECURSION_DESIRED = 0x0100;
const RESPONSE = 0x8000;
const TRUNCATED = 0x0200;
const MAX_NAME_BYTES = 255;
const MAX_LABEL_BYTES = 63;
const RCODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

/**
 * Asks for a zone's SOA record: RFC 1035, section 4.
 *
 * @param id number of the question, 0 to 65535
 * @param zone with or without the last dot
 */
export function soaQuery(id: number, zone: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(RECURSION_DESIRED, 2);
  header.writeUInt16BE(1, 4);
  return Buffer.concat([header, encodeName(zone), Buffer.from([0, TYPE_SOA, 0, CLASS_IN])]);
}

/**
 * Reads the answer to {@link soaQuery}.
 *
 * @throws DnsMessageError when it answers something else, is cut short, or is malformed: the sender is not trusted
 */
export function readSoaAnswer(message: Buffer, id: number, zone: string): SoaAnswer {
  try {
    return readAnswer(message, id, zone);
  } catch (error) {
    if (error instanceof RangeError) throw new DnsMessageError("the answer ends too early", { cause: error });
    throw error;
  }
}

function readAnswer(message: Buffer, id: number, zone: string): SoaAnswer {
  const flags = message.readUInt16BE(2);
  if (message.readUInt16BE(0) !== id || !(flags & RESPONSE))
    throw new DnsMessageError("no answer to this question");
  if (flags & TRUNCATED) throw new DnsMessageError("the answer is truncated");
  const rcode = RCODES[flags & 0xf] ?? `RCODE ${flags & 0xf}`;
  const questions = message.readUInt16BE(4);
  const answers = message.readUInt16BE(6);
  const asked = nameText(zone);

  let at = HEADER_BYTES;
  for (let question = 0; question < questions; question++) {
    const name = readName(message, at);
    if (name.text !== asked) throw new DnsMessageError(`an answer about ${JSON.stringify(name.text)}`);
    at = name.end + 4;
  }
  for (let answer = 0; answer < answers; answer++) {
    const owner = readName(message, at);
    const type = message.readUInt16BE(owner.end);
    const recordClass = message.readUInt16BE(owner.end + 2);
    const data = owner.end + 10;
    if (owner.text === asked && type === TYPE_SOA && recordClass === CLASS_IN) {
      return { rcode, mname: readName(message, data).text };
    }
    at = data + message.readUInt16BE(owner.end + 8);
  }
  return { rcode };
}

function encodeName(name: string): Buffer {
  const labels = name.replace(/\.$/, "").split(".");
  const parts = labels.map((label) => {
    const bytes = Buffer.from(label);
    if (bytes.length === 0 || bytes.length > MAX_LABEL_BYTES)
      throw new DnsMessageError(`${name} is no domain name`);
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
}

/** Reads a name that may point backwards into the message (RFC 1035, section 4.1.4). */
function readName(message: Buffer, start: number): { text: string; end: number } {
  const labels: string[] = [];
  let at = start;
  let end: number | undefined;
  let bytes = 0;
  for (;;) {
    const length = message.readUInt8(at);
    if (length === 0) return { text: nameText(labels.join(".")), end: end ?? at + 1 };
    if (length >= 0xc0) {
      const target = message.readUInt16BE(at) & 0x3fff;
      // Only backwards, so that it ends.
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

function nameText(name: string): string {
  return `${name.replace(/\.$/, "")}.`.toLowerCase();
}
