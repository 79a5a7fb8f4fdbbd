import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { type Authority, createAuthority } from "../../proxy/support/certificates";
import { DOMAIN, VENDOR_ADDRESS, matches } from "./names";
import { type ParserError, readUnknownMethod } from "./unknown-method";
import { Complaint, type Vendor, type VendorRequest, demand, sendJson } from "./vendor";

/** All vendors, behind one address; TLS names which one is meant. */
export interface VendorServer {
  readonly authority: Authority;
  /** What was wrong with requests since the last call. */
  takeComplaints(): string[];
  close(): void;
}

export async function startVendors(vendors: readonly Vendor[]): Promise<VendorServer> {
  const authority = createAuthority();
  let complaints: string[] = [];
  const answer = async (reading: Promise<VendorRequest>, response: ServerResponse): Promise<void> => {
    let asked = "a request";
    try {
      const request = await reading;
      asked = `${request.method} ${request.host}${request.target}`;
      const vendor = vendors.find(({ hosts }) => hosts.some((host) => matches(host, request.host)));
      demand(vendor !== undefined, `nobody is ${request.host}`);
      refuseTraces(request);
      await vendor.handle(request, response);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      complaints.push(`${asked}: ${message}`);
      if (response.headersSent) response.destroy();
      else sendJson(response, { error: { message }, message }, error instanceof Complaint ? 400 : 500);
    }
  };
  const identity = authority.issue(vendors.flatMap(({ hosts }) => hosts));
  const server = https.createServer({ ...identity, maxHeaderSize: 65_536 }, (request, response) => {
    void answer(read(request), response);
  });
  server.on("upgrade", (incoming: IncomingMessage, socket: Duplex) => {
    socket.on("error", () => socket.destroy());
    const request = requestOf(incoming, Buffer.alloc(0));
    const vendor = vendors.find(({ hosts }) => hosts.includes(request.host));
    if (vendor?.upgrade) vendor.upgrade(request, socket);
    else socket.destroy();
  });
  server.on("clientError", (error: ParserError, socket: Socket) => {
    const known = readUnknownMethod(error, socket);
    if (known) void answer(Promise.resolve(known.request), known.response);
    else socket.destroy();
  });
  server.listen(443, VENDOR_ADDRESS);
  await once(server, "listening");
  return {
    authority,
    takeComplaints: () => complaints.splice(0),
    close() {
      complaints = [];
      server.close();
      server.closeAllConnections();
    },
  };
}

async function read(incoming: IncomingMessage): Promise<VendorRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  return requestOf(incoming, Buffer.concat(pieces));
}

function requestOf(incoming: IncomingMessage, body: Buffer): VendorRequest {
  const host = incoming.headers.host ?? "";
  const { socket } = incoming;
  demand(socket instanceof TLSSocket && host === socket.servername, `Host is ${host}, SNI another name`);
  const target = incoming.url!;
  return {
    method: incoming.method!,
    host,
    target,
    url: new URL(target, `https://${host}`),
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    body,
  };
}

/** No field that the proxy writes may carry a name of the cluster. */
function refuseTraces({ headers }: VendorRequest): void {
  for (const name of ["host", "forwarded", "x-forwarded-host", "x-forwarded-for", "via", "l5d-client-id"]) {
    const value = String(headers[name] ?? "");
    demand(!value.includes(DOMAIN), `${name} has a name of the cluster: ${value}`);
  }
  demand(headers["x-forwarded-for"] === undefined, "there is an X-Forwarded-For");
}
