import dgram from "node:dgram";
import { once } from "node:events";
import { type Shape, either, list, number, object, oneOf, optional, text } from "./shape";

/** Response codes (RFC 1035 §4.1.1), and what is none: no record of the type, and no answer. */
const CODES = { NODATA: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
const outcome = oneOf("NODATA", "SERVFAIL", "NXDOMAIN", "REFUSED", "silent");
const RANGE = /^(.*\.)(\d+)-(\d+)$/;
/** Addresses; `93.184.216.1-60` is sixty of them. */
const addresses: Shape<string[]> = {
  what: "a list of addresses, or of ranges as 93.184.216.1-60",
  read(value, at) {
    return list(text)
      .read(value, at)
      .flatMap((one) => {
        const [, prefix, first, last] = RANGE.exec(one) ?? [];
        if (prefix === undefined) return one;
        const count = Number(last) - Number(first) + 1;
        return Array.from({ length: count }, (_, index) => `${prefix}${Number(first) + index}`);
      });
  },
};
const family = optional(either(addresses, outcome));

/** What the DNS server says of the third party's name. */
export const zone = either(object({ a: family, aaaa: family, ttl: optional(number) }), outcome);
export type Zone = typeof zone extends Shape<infer T> ? T : never;

const A = 1;

/** A DNS server on loopback, over UDP; the same zone for every name. */
export interface DnsServer {
  /** `address:port` */
  readonly address: string;
  zone: Zone;
  close(): void;
}

export async function startDnsServer(first: Zone): Promise<DnsServer> {
  const socket = dgram.createSocket("udp4");
  socket.on("message", (query, { port, address }) => {
    const answer = respond(query, server.zone);
    if (answer) socket.send(answer, port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const server: DnsServer = {
    address: `127.0.0.1:${socket.address().port}`,
    zone: first,
    close: () => socket.close(),
  };
  return server;
}

/** All addresses of a zone. */
export function addressesOf(of: Zone): string[] {
  if (typeof of === "string") return [];
  return [of.a, of.aaaa].flatMap((records) => (Array.isArray(records) ? records : []));
}

/** @returns undefined where there is no answer */
function respond(query: Buffer, of: Zone): Buffer | undefined {
  let end = 12;
  while (query[end] !== 0) end += 1 + query[end]!;
  const question = query.subarray(12, end + 5);
  const type = query.readUInt16BE(end + 1);
  const records = typeof of === "string" ? of : ((type === A ? of.a : of.aaaa) ?? "NODATA");
  if (records === "silent") return undefined;
  const ttl = typeof of === "string" ? 0 : (of.ttl ?? 60);
  const found = typeof records === "string" ? [] : records;
  const head = Buffer.alloc(12);
  head.writeUInt16BE(query.readUInt16BE(0), 0);
  // A response, recursion desired and available (RFC 1035 §4.1.1).
  head.writeUInt16BE(0x8180 | (typeof records === "string" ? CODES[records] : 0), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(found.length, 6);
  return Buffer.concat([head, question, ...found.map((address) => record(address, type, ttl))]);
}

/** A record of the name in the question, to which 0xc00c points (RFC 1035 §4.1.4). */
function record(address: string, type: number, ttl: number): Buffer {
  const data = type === A ? address.split(".").map(Number) : ipv6Bytes(address);
  const fixed = Buffer.alloc(12);
  fixed.writeUInt16BE(0xc00c, 0);
  fixed.writeUInt16BE(type, 2);
  fixed.writeUInt16BE(1, 4);
  fixed.writeUInt32BE(ttl, 6);
  fixed.writeUInt16BE(data.length, 10);
  return Buffer.concat([fixed, Buffer.from(data)]);
}

function ipv6Bytes(address: string): number[] {
  const [before = "", after] = address.split("::");
  const groups = (text: string): number[] =>
    text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
  const [left, right] = [groups(before), groups(after ?? "")];
  const zeros = Array<number>(8 - left.length - right.length).fill(0);
  return [...left, ...zeros, ...right].flatMap((group) => [group >> 8, group & 0xff]);
}
