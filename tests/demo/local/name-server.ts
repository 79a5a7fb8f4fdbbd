import { type RemoteInfo, type Socket, createSocket } from "node:dgram";
import { once } from "node:events";
import { type Answer, type Packet, AUTHORITATIVE_ANSWER, decode, encode } from "dns-packet";

/** Three bits of a DNS message's flags (RFC 1035 §4.1.1). */
const NXDOMAIN = 3;

/**
 * Stands in for the cluster's DNS and egress-dns: answers from the component's zone, and gives one address to all
 * Services. In a cluster CoreDNS does this.
 */
export class NameServer {
  private constructor(
    private readonly socket: Socket,
    private readonly zone: Zone,
    private readonly address: string,
  ) {
    socket.on("message", (message, from) => this.answer(message, from));
  }

  static async start(zoneText: string, address: string): Promise<NameServer> {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return new NameServer(socket, readZone(zoneText), address);
  }

  get port(): number {
    return this.socket.address().port;
  }

  close(): void {
    this.socket.close();
  }

  private answer(message: Buffer, { port, address }: RemoteInfo): void {
    const { id, questions = [] }: Packet = decode(message);
    const [question] = questions;
    const name = question?.name.toLowerCase() ?? "";
    const target = this.zone.find(name);
    const answers: Answer[] =
      target === undefined
        ? []
        : [
            { type: "CNAME", name, ttl: 5, data: target },
            ...(question?.type === "A"
              ? [{ type: "A", name: target, ttl: 5, data: this.address } as const]
              : []),
          ];
    const flags = AUTHORITATIVE_ANSWER | (target === undefined ? NXDOMAIN : 0);
    this.socket.send(encode({ type: "response", id, flags, questions, answers }), port, address);
  }
}

interface Zone {
  /** The alias that a name has; undefined where there is no such name. */
  find(name: string): string | undefined;
}

/** Reads the CNAME records of a zone that the component wrote: one line each, wildcards included. */
function readZone(text: string): Zone {
  const origin = /^\$ORIGIN (\S+)\.$/m.exec(text)![1]!;
  const aliases = new Map(
    [...text.matchAll(/^(\S+) IN CNAME (\S+)\.$/gm)].map(([, name, target]) => [
      `${name!}.${origin}`,
      target!,
    ]),
  );
  return {
    find(name) {
      const parents = name.split(".").map((_, index, labels) => `*.${labels.slice(index + 1).join(".")}`);
      const owner = [name, ...parents].find((one) => aliases.has(one));
      return owner === undefined ? undefined : aliases.get(owner);
    },
  };
}
