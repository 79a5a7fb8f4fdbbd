import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect, isIPv6 } from "node:net";
import { DnsMessageError } from "./error";
import { dnsQuery, readDnsAnswer, type DnsAnswer, type Question } from "./message";

/** Transport of a query. */
export type Transport = "udp" | "tcp";

/** A DNS server's address. */
export interface DnsServer {
  address: string;
  /** Absent: it does not listen on that transport. */
  ports: Partial<Record<Transport, number>>;
  /** Port of its metrics; absent: unknown. */
  metrics?: number;
}

/** Queries one server; rejects if there is no answer in time. */
export type Ask = (server: DnsServer, transport: Transport, question: Question) => Promise<DnsAnswer>;

const TIMEOUT_MS = 2_000;
const MAX_MESSAGE_BYTES = 65_535;

/** Queries over the network. It does not use node:dns, which can't be made to use TCP. */
export const ask: Ask = async ({ address, ports }, transport, question) => {
  const port = ports[transport];
  if (port === undefined) throw new Error(`does not listen on ${transport}`);
  const id = randomInt(65_536);
  const query = dnsQuery(id, question);
  const exchange = transport === "udp" ? overUdp : overTcp;
  return exchange({ address, port }, query, (message) => readDnsAnswer(message, id, question));
};

type Exchange = <T>(
  to: { address: string; port: number },
  query: Buffer,
  read: (message: Buffer) => T,
) => Promise<T>;

const overUdp: Exchange = ({ address, port }, query, read) =>
  new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
    const timer = setTimeout(() => finish(() => reject(timedOut())), TIMEOUT_MS);
    let finished = false;
    const finish = (settle: () => void) => {
      if (finished) return;
      finished = true;
      clearTimeout(timer);
      socket.close();
      settle();
    };
    socket.on("error", (error) => finish(() => reject(error)));
    socket.on("message", (message) => {
      try {
        const answer = read(message);
        finish(() => resolve(answer));
      } catch (error) {
        // A message that does not answer the question may be forged: wait for the right one.
        if (!(error instanceof DnsMessageError)) finish(() => reject(asError(error)));
      }
    });
    // Connected, so that the kernel drops packets of other senders, and reports if nothing listens.
    socket.connect(port, address, () => socket.send(query));
  });

const overTcp: Exchange = ({ address, port }, query, read) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    const timer = setTimeout(() => finish(() => reject(timedOut())), TIMEOUT_MS);
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    let received = Buffer.alloc(0);
    socket.on("error", (error) => finish(() => reject(error)));
    socket.on("end", () => finish(() => reject(new Error("closed the connection without an answer"))));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]).subarray(0, MAX_MESSAGE_BYTES + 2);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const message = received.subarray(2, 2 + received.readUInt16BE(0));
      try {
        const answer = read(message);
        finish(() => resolve(answer));
      } catch (error) {
        finish(() => reject(asError(error)));
      }
    });
    // RFC 1035, section 4.2.2: two bytes of length come first.
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    socket.write(Buffer.concat([length, query]));
  });

function timedOut(): Error {
  return new Error(`no answer within ${TIMEOUT_MS / 1000} s`);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
