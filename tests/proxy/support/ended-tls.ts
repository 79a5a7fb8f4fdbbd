import { type Server, type Socket, createServer } from "node:net";
import { duplexPair } from "node:stream";
import { type SecureContextOptions, TLSSocket } from "node:tls";

/** How a third party's connection ends: its last TLS record is the close_notify. */
export type Ending =
  | "close_notify and FIN"
  | "close_notify without FIN"
  | "FIN alone"
  | "FIN in the middle of the close_notify"
  | "FIN in the middle of the data";

/**
 * A third party that answers each connection's first bytes with `response`, behind someone who holds back all of its
 * records from then on, and sends them in one write, with the ending that is asked for.
 */
export function endedTls(credentials: SecureContextOptions, response: Buffer, ending: () => Ending): Server {
  return createServer({ allowHalfOpen: true }, (wire) => {
    const [inner, outer] = duplexPair();
    const held: Buffer[] = [];
    let answered = false;
    outer.on("data", (records: Buffer) => (answered ? held.push(records) : wire.write(records)));
    outer.on("end", () => finish(wire, Buffer.concat(held), ending()));
    wire.on("data", (bytes) => outer.write(bytes));
    wire.on("error", () => undefined);
    wire.on("close", () => outer.destroy());
    const socket = new TLSSocket(inner, { ...credentials, isServer: true });
    socket.on("error", () => undefined);
    socket.once("data", () => {
      answered = true;
      socket.end(response);
    });
  });
}

function finish(wire: Socket, records: Buffer, ending: Ending): void {
  const last = lastRecord(records);
  switch (ending) {
    case "close_notify and FIN":
      wire.end(records);
      return;
    case "close_notify without FIN":
      wire.write(records);
      return;
    case "FIN alone":
      wire.end(records.subarray(0, last));
      return;
    case "FIN in the middle of the close_notify":
      wire.end(records.subarray(0, last + 7));
      return;
    case "FIN in the middle of the data":
      wire.end(records.subarray(0, last - 1));
  }
}

/** Where the last record begins: each has a header of five bytes with its length in the last two. */
function lastRecord(records: Buffer): number {
  let last = 0;
  for (let at = 0; at < records.length; at += 5 + records.readUInt16BE(at + 3)) last = at;
  return last;
}
