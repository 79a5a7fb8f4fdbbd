import net from "node:net";
import tls from "node:tls";
import { HOST } from "./stage";
import { authority } from "../../proxy/support/world";

/** How a third party ends its connection behind what it has sent. */
export const ENDS = ["keeps-open", "close-notify", "fin", "reset"] as const;
export type End = (typeof ENDS)[number];

/** One connection to the third party, and how it is ended: by TLS or without it. */
export interface Connection {
  readonly secure: tls.TLSSocket;
  readonly raw: net.Socket;
}

/** A third party that sends what it likes, to every request that has come whole. */
export interface ThirdParty {
  readonly server: net.Server;
  /** All bytes that came, over all connections. */
  bytes: string;
  /** Requests that have come whole. */
  requests: number;
  respond: (connection: Connection) => void;
}

let identity: { key: string; cert: string } | undefined;

export function createThirdParty(respond: ThirdParty["respond"]): ThirdParty {
  identity ??= authority.issue([HOST, `*.${HOST}`]);
  const options = { ...identity, isServer: true, ALPNProtocols: ["http/1.1"] };
  const server = net.createServer((raw) => {
    // By hand, because a tls.Server does not give the TCP connection below, which may end first.
    const secure = new tls.TLSSocket(raw, options);
    raw.on("error", () => undefined);
    secure.on("error", () => undefined);
    let unread = "";
    secure.on("data", (piece: Buffer) => {
      const text = piece.toString("latin1");
      party.bytes += text;
      unread += text;
      for (let length = wholeRequest(unread); length !== undefined; length = wholeRequest(unread)) {
        unread = unread.slice(length);
        party.requests++;
        party.respond({ secure, raw });
      }
    });
  });
  const party: ThirdParty = { server, bytes: "", requests: 0, respond };
  return party;
}

/** Sends bytes in one piece or byte by byte, and ends as told. */
export function send({ secure, raw }: Connection, bytes: string, end: End, pieces: "whole" | "bytes"): void {
  const parts = pieces === "whole" ? [bytes] : bytes.split("");
  for (const part of parts.slice(0, -1)) secure.write(part, "latin1");
  secure.write(parts.at(-1) ?? "", "latin1", () => {
    if (end === "close-notify") secure.end();
    else if (end === "fin") raw.end();
    else if (end === "reset") raw.resetAndDestroy();
  });
}

/** Length of the first request of a text, if it is whole; the proxy sends well-formed HTTP/1.1 only. */
function wholeRequest(text: string): number | undefined {
  const head = text.indexOf("\r\n\r\n") + 4;
  if (head < 4) return undefined;
  const fields = text.slice(0, head);
  if (/^transfer-encoding: *chunked\r$/im.test(fields)) {
    const last = /(?:^|\r\n)0\r\n(?:[^\r\n]+\r\n)*\r\n/.exec(text.slice(head));
    return last ? head + last.index + last[0].length : undefined;
  }
  const whole = head + Number(/^content-length: *(\d+)\r$/im.exec(fields)?.[1] ?? 0);
  return text.length >= whole ? whole : undefined;
}
