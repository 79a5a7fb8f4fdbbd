import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Http2ServerRequest } from "node:http2";
import type { TLSSocket } from "node:tls";

/** One request, as a third party saw it. */
export interface SeenRequest {
  /** The third party that got it. */
  readonly thirdParty: string;
  readonly method: string;
  readonly path: string;
  readonly httpVersion: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Names and values in turn, in their order and case. */
  readonly rawHeaders: readonly string[];
  /** Counts connections: requests with the same number shared one. */
  readonly connection: number;
  readonly serverName: string;
  readonly tlsVersion: string;
  /** Common name of the client's certificate. */
  readonly clientCertificate?: string;
  bodyLength: number;
  bodySha256: string;
  /** False until the body has ended, and for good when it was cut off. */
  complete: boolean;
}

/** A request of either version of HTTP. */
export type AnyRequest = IncomingMessage | Http2ServerRequest;

const connections = new WeakMap<TLSSocket, number>();
let connectionCount = 0;
const requests: SeenRequest[] = [];

/** What was seen since the last {@link forget}. */
export function allSeen(): readonly SeenRequest[] {
  return requests;
}

/** Starts afresh. */
export function forget(): void {
  requests.length = 0;
}

/** Records a request from its head on; the result changes until its body is complete. */
export function see(request: AnyRequest, thirdParty: string): SeenRequest {
  const socket = socketOf(request);
  const hash = createHash("sha256");
  const seen: SeenRequest = {
    thirdParty,
    method: request.method ?? "",
    path: request.url ?? "",
    httpVersion: request.httpVersion,
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    connection: connectionNumber(socket),
    serverName: serverName(socket),
    tlsVersion: socket.getProtocol() ?? "",
    clientCertificate: commonName(socket),
    bodyLength: 0,
    bodySha256: "",
    complete: false,
  };
  requests.push(seen);
  request.on("data", (chunk: Buffer) => {
    hash.update(chunk);
    seen.bodyLength += chunk.length;
  });
  request.on("end", () => {
    seen.bodySha256 = hash.digest("hex");
    seen.complete = true;
  });
  // A body that is cut off stays recorded as incomplete.
  request.on("error", () => undefined);
  return seen;
}

function socketOf(request: AnyRequest): TLSSocket {
  const session = request instanceof Http2ServerRequest ? request.stream.session : undefined;
  return (session?.socket ?? request.socket) as TLSSocket;
}

function connectionNumber(socket: TLSSocket): number {
  const known = connections.get(socket);
  if (known !== undefined) return known;
  connectionCount += 1;
  connections.set(socket, connectionCount);
  return connectionCount;
}

function serverName(socket: TLSSocket): string {
  // The types leave it out on sockets of servers; false stands for none.
  const { servername } = socket as { servername?: string | false };
  return servername === false ? "" : (servername ?? "");
}

function commonName(socket: TLSSocket): string | undefined {
  const { subject } = socket.getPeerCertificate() as Partial<ReturnType<TLSSocket["getPeerCertificate"]>>;
  const name: string | string[] | undefined = subject?.CN;
  return Array.isArray(name) ? name[0] : name;
}
