import { createSocket } from "node:dgram";
import { createServer, type AddressInfo, type Socket } from "node:net";
import type { DnsServer } from "../../proxy-image/src/stubdomain/dns/ask";

/** A DNS server for one test, on loopback. */
export interface TestDnsServer extends AsyncDisposable {
  server: DnsServer;
  asked: { udp: number; tcp: number };
}

/** @param answer from the question's bytes; nothing: silence. Several messages are sent one after the other. */
export async function dnsServer(answer: (query: Buffer) => Buffer[]): Promise<TestDnsServer> {
  const asked = { udp: 0, tcp: 0 };
  const udp = createSocket("udp4");
  udp.on("message", (query, { port, address }) => {
    asked.udp++;
    for (const message of answer(query)) udp.send(message, port, address);
  });
  await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      asked.tcp++;
      for (const message of answer(chunk.subarray(2))) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(message.length);
        // In pieces, as TCP may bring them.
        socket.write(Buffer.concat([length, message.subarray(0, 5)]));
        setTimeout(() => socket.end(message.subarray(5)), 5);
      }
    });
  });
  await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
  return {
    server: {
      address: "127.0.0.1",
      ports: { udp: udp.address().port, tcp: (tcp.address() as AddressInfo).port },
    },
    asked,
    async [Symbol.asyncDispose]() {
      udp.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => tcp.close(resolve));
    },
  };
}

/** An answer with the question, and a SOA record whose names point back to it where they can. */
export function soaAnswer(query: Buffer, mname: string, rcode = 0): Buffer {
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8180 | rcode, 2);
  header.writeUInt16BE(mname === "" ? 0 : 1, 6);
  const question = query.subarray(12);
  if (mname === "") return Buffer.concat([header, question]);
  const data = Buffer.concat([wireName(mname), wireName("hostmaster.invalid"), Buffer.alloc(20)]);
  const fixed = Buffer.from([0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 30, data.length >> 8, data.length & 0xff]);
  return Buffer.concat([header, question, fixed, data]);
}

/** An answer with these records (owner, type, data), none of them compressed. */
export function answerWith(query: Buffer, records: [owner: string, type: number, data: Buffer][]): Buffer {
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(records.length, 6);
  const parts = records.map(([owner, type, data]) => {
    const fixed = Buffer.from([0, type, 0, 1, 0, 0, 0, 30, data.length >> 8, data.length & 0xff]);
    return Buffer.concat([wireName(owner), fixed, data]);
  });
  return Buffer.concat([header, query.subarray(12), ...parts]);
}

export function wireName(name: string): Buffer {
  const labels = name.split(".").filter((label) => label !== "");
  return Buffer.concat([
    ...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}
