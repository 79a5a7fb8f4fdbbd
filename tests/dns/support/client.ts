import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import net from "node:net";
import { type Answer, decodeAnswer, encodeQuery, type Query } from "./message";

/** Milliseconds until a question counts as lost. */
const PATIENCE = 5_000;

/** Asks one server on loopback over UDP, many questions at a time, each once. */
export class DnsClient implements AsyncDisposable {
  private readonly socket: Socket = createSocket("udp4");
  private readonly waiting = new Map<number, (message: Buffer) => void>();
  private next = 0;

  constructor(private readonly port: number) {
    this.socket.on("message", (message) => this.waiting.get(message.readUInt16BE(0))?.(message));
  }

  /** @throws Error when no answer comes in time */
  async ask(query: Query, patience = PATIENCE): Promise<Answer> {
    do this.next = (this.next + 1) & 0xffff;
    while (this.waiting.has(this.next));
    const id = this.next;
    const answer = new Promise<Buffer>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${JSON.stringify(query)}`)), patience);
      this.waiting.set(id, (message) => {
        clearTimeout(timer);
        resolve(message);
      });
    });
    try {
      this.socket.send(encodeQuery(id, query), this.port, "127.0.0.1");
      return decodeAnswer(await answer);
    } finally {
      this.waiting.delete(id);
    }
  }

  /** Asks as resolvers do: again over TCP where UDP's answer is cut. */
  async resolve(query: Query): Promise<Answer> {
    const answer = await this.ask(query);
    return answer.truncated ? askOverTcp(this.port, query) : answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close();
    await once(this.socket, "close");
  }
}

/** One question over TCP, with the first answer to it. */
export async function askOverTcp(port: number, query: Query): Promise<Answer> {
  const message = encodeQuery(1, query);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  const socket = net.connect(port, "127.0.0.1");
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error(`no answer to ${JSON.stringify(query)}`)));
  socket.write(Buffer.concat([length, message]));
  let received = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received = Buffer.concat([received, chunk]);
    if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      return decodeAnswer(received.subarray(2, 2 + received.readUInt16BE(0)));
    }
  }
  throw new Error(`the connection ends without an answer to ${JSON.stringify(query)}`);
}
