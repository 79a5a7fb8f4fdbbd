import { isIP } from "node:net";

/** Types of records and questions (RFC 1035 §3.2.2, RFC 3596, RFC 1995). */
export const TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  TXT: 16,
  AAAA: 28,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const;
export type Type = keyof typeof TYPES;

export const OPCODES = { QUERY: 0, STATUS: 2, NOTIFY: 4, UPDATE: 5 } as const;

const RCODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];
const CLASSES = { IN: 1, CH: 3 } as const;
const RECURSION_DESIRED = 0x0100;

/** One question. */
export interface Query {
  /** `.` between labels; `\` before a character that belongs to a label. */
  readonly name: string;
  readonly type?: Type;
  readonly class?: keyof typeof CLASSES;
  readonly opcode?: keyof typeof OPCODES;
}

/** One record; `data` as a zone file writes it. */
export interface ResourceRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly data: string;
}

export interface Answer {
  readonly rcode: string;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly answers: ResourceRecord[];
  readonly authorities: ResourceRecord[];
  /** Length of the message. */
  readonly bytes: number;
}

/** A question on the wire, without EDNS, as resolvers of small C libraries ask. */
export function encodeQuery(
  id: number,
  { name, type = "A", class: of = "IN", opcode = "QUERY" }: Query,
): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE((OPCODES[opcode] << 11) | RECURSION_DESIRED, 2);
  header.writeUInt16BE(1, 4);
  return Buffer.concat([header, encodeName(name), Buffer.from([0, TYPES[type], 0, CLASSES[of]])]);
}

function encodeName(name: string): Buffer {
  const labels = [...name.matchAll(/(?:\\.|[^.\\])+/gs)].map(([label]) => label.replaceAll(/\\(.)/gs, "$1"));
  const parts = labels.map((label) =>
    Buffer.concat([Buffer.from([label.length]), Buffer.from(label, "latin1")]),
  );
  return Buffer.concat([...parts, Buffer.alloc(1)]);
}

/** Reads an answer; what it does not understand is an error, because the server is the one under test. */
export function decodeAnswer(message: Buffer): Answer {
  const flags = message.readUInt16BE(2);
  const [questions, answers, authorities] = [4, 6, 8].map((at) => message.readUInt16BE(at)) as [
    number,
    number,
    number,
  ];
  let at = 12;
  for (let question = 0; question < questions; question++) at = readName(message, at).end + 4;
  const records = (count: number) =>
    Array.from({ length: count }, () => {
      const { record, end } = readRecord(message, at);
      at = end;
      return record;
    });
  return {
    rcode: RCODES[flags & 0xf] ?? `RCODE ${flags & 0xf}`,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    answers: records(answers),
    authorities: records(authorities),
    bytes: message.length,
  };
}

function readRecord(message: Buffer, start: number): { record: ResourceRecord; end: number } {
  const { name, end: at } = readName(message, start);
  const type = message.readUInt16BE(at);
  const data = at + 10;
  const end = data + message.readUInt16BE(at + 8);
  return {
    record: {
      name,
      type: Object.entries(TYPES).find(([, number]) => number === type)?.[0] ?? `TYPE${type}`,
      ttl: message.readUInt32BE(at + 4),
      data: readData(message, type, data, end),
    },
    end,
  };
}

function readData(message: Buffer, type: number, at: number, end: number): string {
  if (type === TYPES.A) return [...message.subarray(at, end)].join(".");
  if (type === TYPES.AAAA)
    return new URL(`http://[${message.toString("hex", at, end).match(/.{4}/g)!.join(":")}]`).hostname.slice(
      1,
      -1,
    );
  if (type === TYPES.CNAME || type === TYPES.NS) return readName(message, at).name;
  if (type === TYPES.SOA) {
    const primary = readName(message, at);
    const mailbox = readName(message, primary.end);
    const numbers = [0, 4, 8, 12, 16].map((offset) => message.readUInt32BE(mailbox.end + offset));
    return [primary.name, mailbox.name, ...numbers].join(" ");
  }
  return message.toString("hex", at, end);
}

/** With compression (RFC 1035 §4.1.4); a dot within a label is escaped. */
function readName(message: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  let end: number | undefined;
  for (let jumps = 0; jumps < 128; jumps++) {
    const length = message.readUInt8(at);
    if (length === 0) return { name: `${labels.join(".")}.`, end: end ?? at + 1 };
    if (length >= 0xc0) {
      end ??= at + 2;
      at = message.readUInt16BE(at) & 0x3fff;
    } else {
      labels.push(message.toString("latin1", at + 1, at + 1 + length).replaceAll(/[.\\]/g, "\\$&"));
      at += 1 + length;
    }
  }
  throw new Error("a name without an end");
}

/** The addresses that an answer holds, whichever type was asked for. */
export function addressesOf({ answers }: Answer): string[] {
  return answers.filter(({ type, data }) => isAddress(type) && isIP(data) !== 0).map(({ data }) => data);
}

function isAddress(type: string): boolean {
  return type === "A" || type === "AAAA";
}
