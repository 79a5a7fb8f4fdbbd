import { DnsMessageError } from "./error";
import { encodeName, nameText, readName } from "./name";

/** A DNS question. */
export interface Question {
  /** With or without the last dot. */
  name: string;
  type: keyof typeof TYPES;
}

/** The parts of a DNS answer that are used here. */
export interface DnsAnswer {
  /** RFC 1035 name of the response code, such as "NXDOMAIN". */
  rcode: string;
  /** The zone's primary name server, lower case with the last dot, if the name itself has a SOA record. */
  mname?: string;
  /** The same, of the zone that answers "no such name or record" (RFC 2308, section 2). */
  authority?: string;
  /** The addresses of the name, through CNAMEs. */
  addresses: string[];
}

const TYPES = { A: 1, CNAME: 5, SOA: 6, AAAA: 28 } as const;
const CLASS_IN = 1;
const HEADER_BYTES = 12;
const RECURSION_DESIRED = 0x0100;
const RESPONSE = 0x8000;
const TRUNCATED = 0x0200;
const RCODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

/**
 * Encodes a recursive query: RFC 1035, section 4.
 *
 * @param id number of the query, 0 to 65535
 * @throws DnsMessageError for an invalid name
 */
export function dnsQuery(id: number, { name, type }: Question): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(RECURSION_DESIRED, 2);
  header.writeUInt16BE(1, 4);
  return Buffer.concat([header, encodeName(name), Buffer.from([0, TYPES[type], 0, CLASS_IN])]);
}

/**
 * Parses the answer to {@link dnsQuery}.
 *
 * @throws DnsMessageError if it answers another question, is truncated, or is malformed: the sender is not trusted
 */
export function readDnsAnswer(message: Buffer, id: number, question: Question): DnsAnswer {
  try {
    return readAnswer(message, id, nameText(question.name));
  } catch (error) {
    if (error instanceof RangeError) throw new DnsMessageError("the answer ends too early", { cause: error });
    throw error;
  }
}

function readAnswer(message: Buffer, id: number, asked: string): DnsAnswer {
  const flags = message.readUInt16BE(2);
  if (message.readUInt16BE(0) !== id || !(flags & RESPONSE))
    throw new DnsMessageError("no answer to this question");
  if (flags & TRUNCATED) throw new DnsMessageError("the answer is truncated");

  let at = HEADER_BYTES;
  for (let question = 0; question < message.readUInt16BE(4); question++) {
    const name = readName(message, at);
    if (name.text !== asked) throw new DnsMessageError(`an answer about ${JSON.stringify(name.text)}`);
    at = name.end + 4;
  }
  const answers = readRecords(message, at, message.readUInt16BE(6));
  const mname = soaOf(answers.records.filter(({ owner }) => owner === asked));
  const authority = soaOf(readRecords(message, answers.end, message.readUInt16BE(8)).records);
  return {
    rcode: RCODES[flags & 0xf] ?? `RCODE ${flags & 0xf}`,
    ...(mname === undefined ? {} : { mname }),
    ...(authority === undefined ? {} : { authority }),
    addresses: addressesOf(answers.records, asked),
  };
}

/** A resource record of the types that are queried; `value` is a name or an address. */
interface ResourceRecord {
  owner: string;
  type: number;
  value: string;
}

function readRecords(message: Buffer, start: number, count: number) {
  const records: ResourceRecord[] = [];
  let at = start;
  for (let record = 0; record < count; record++) {
    const owner = readName(message, at);
    const type = message.readUInt16BE(owner.end);
    const isInternet = message.readUInt16BE(owner.end + 2) === CLASS_IN;
    const data = owner.end + 10;
    at = data + message.readUInt16BE(owner.end + 8);
    if (at > message.length) throw new RangeError();
    const value = isInternet ? readValue(message, type, data, at) : undefined;
    if (value !== undefined) records.push({ owner: owner.text, type, value });
  }
  return { records, end: at };
}

function readValue(message: Buffer, type: number, start: number, end: number): string | undefined {
  const bytes = message.subarray(start, end);
  switch (type) {
    case TYPES.SOA:
    case TYPES.CNAME:
      return readName(message, start).text;
    case TYPES.A:
      return bytes.length === 4 ? bytes.join(".") : undefined;
    case TYPES.AAAA:
      return bytes.length === 16 ? bytes.toString("hex").match(/.{4}/g)!.join(":") : undefined;
    default:
      return undefined;
  }
}

function soaOf(records: ResourceRecord[]): string | undefined {
  return records.find(({ type }) => type === TYPES.SOA)?.value;
}

function addressesOf(records: ResourceRecord[], asked: string): string[] {
  const aliases = new Map(
    records.filter(({ type }) => type === TYPES.CNAME).map(({ owner, value }) => [owner, value]),
  );
  const names = new Set<string>();
  for (let name: string | undefined = asked; name !== undefined && !names.has(name); name = aliases.get(name))
    names.add(name);
  return records
    .filter(({ owner, type }) => names.has(owner) && (type === TYPES.A || type === TYPES.AAAA))
    .map(({ value }) => value);
}
