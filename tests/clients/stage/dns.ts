import { createSocket, type Socket } from "node:dgram";
import { DOMAIN, PROXY_ADDRESS, VENDOR_ADDRESS, matches } from "./names";

const HEADER = 12;
const TYPE_A = 1;
const NXDOMAIN = 3;

/**
 * The DNS server of clients and proxy: as in a cluster, a listed host below the domain is the proxy, the host itself is
 * the third party, and there are no other names.
 */
export async function startDns(hosts: readonly string[]): Promise<Socket> {
  const server = createSocket("udp4");
  server.on("message", (query, { port, address }) => {
    const { name, type, end } = question(query);
    const answer = addressOf(name, hosts);
    server.send(
      response(query, end, answer === undefined ? NXDOMAIN : 0, type === TYPE_A ? answer : undefined),
      port,
      address,
    );
  });
  await new Promise<void>((resolve) => server.bind(53, PROXY_ADDRESS, resolve));
  return server;
}

function addressOf(name: string, hosts: readonly string[]): string | undefined {
  const below = name.endsWith(`.${DOMAIN}`);
  const host = below ? name.slice(0, -DOMAIN.length - 1) : name;
  if (!hosts.some((listed) => matches(listed, host))) return undefined;
  return below ? PROXY_ADDRESS : VENDOR_ADDRESS;
}

function question(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = HEADER;
  while (query[at] !== 0) {
    const length = query[at]!;
    labels.push(query.toString("latin1", at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  return { name: labels.join("."), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** Without the query's EDNS record: a server without EDNS answers so too (RFC 6891 §7). */
function response(query: Buffer, end: number, rcode: number, address: string | undefined): Buffer {
  const head = Buffer.from(query.subarray(0, end));
  head.writeUInt16BE(0x8180 | rcode, 2);
  head.writeUInt16BE(address === undefined ? 0 : 1, 6);
  head.writeUInt32BE(0, 8);
  if (address === undefined) return head;
  const record = [0xc0, HEADER, 0, TYPE_A, 0, 1, 0, 0, 0, 30, 0, 4, ...address.split(".").map(Number)];
  return Buffer.concat([head, Buffer.from(record)]);
}
