import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import type { Identity } from "../proxy/support/certificates";

/** What the policy controller tells a sidecar about the data port. */
export interface InboundPolicy {
  /** What a Server declares; without one the sidecar detects the protocol by what comes first. */
  readonly protocol: "HTTP/1" | "detect";
  readonly admits: "meshed" | "everyone" | "nobody";
}

/** The component's Server with `mesh.mode` `required`. */
export const MESHED_ONLY: InboundPolicy = { protocol: "HTTP/1", admits: "meshed" };
/** The component's Server with `mesh.mode` `optional`. */
export const EVERYONE: InboundPolicy = { protocol: "HTTP/1", admits: "everyone" };
/** No Server, and `default-inbound-policy: deny`. */
export const DENY_BY_DEFAULT: InboundPolicy = { protocol: "detect", admits: "nobody" };
/** No Server, and the default that most clusters have. */
export const OPEN_BY_DEFAULT: InboundPolicy = { protocol: "detect", admits: "everyone" };

/** A sidecar's inbound side in front of an application's port, as Linkerd's was seen to behave. */
export interface Sidecar {
  /** Where clients come in: in the clear, or with the mesh's TLS. */
  readonly port: number;
  close(): void;
}

/** First byte of a TLS record that is a handshake. */
const HANDSHAKE = 0x16;
const REQUEST_LINE = /^[A-Z]+ [^\r\n]* HTTP\/1\.[01]\r\n/;

/**
 * @param application Port of the application on loopback
 * @param identity The sidecar's own certificate
 * @param authority The trust anchor, PEM
 */
export async function startSidecar(
  application: number,
  policy: InboundPolicy,
  identity: Identity,
  authority: string,
): Promise<Sidecar> {
  const sockets = new Set<net.Socket>();
  const admits = (client: string | undefined): boolean =>
    policy.admits === "everyone" || (policy.admits === "meshed" && client !== undefined);

  /** Takes a decrypted connection for HTTP/1: every request is authorised and gets the client's identity. */
  const serveHttp = (stream: Duplex, client: string | undefined): void => {
    const server = http.createServer({ requireHostHeader: false }, (req, res) => {
      if (!admits(client)) res.writeHead(403, { "l5d-proxy-error": "unauthorized" }).end();
      else forward(req, res, application, client);
    });
    server.emit("connection", stream);
    stream.resume();
  };
  /** Takes it for bytes that are none of its business. */
  const serveOpaque = (stream: Duplex, client: string | undefined): void => {
    if (!admits(client)) {
      stream.destroy();
      return;
    }
    const inside = net.connect(application, "127.0.0.1");
    inside.on("error", () => stream.destroy());
    stream.pipe(inside).pipe(stream);
  };
  const serve = async (stream: Duplex, client: string | undefined): Promise<void> => {
    if (policy.protocol === "HTTP/1") {
      serveHttp(stream, client);
      return;
    }
    const first = await peek(stream);
    if (REQUEST_LINE.test(first.toString("latin1"))) serveHttp(stream, client);
    else serveOpaque(stream, client);
  };

  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    void peek(socket).then(async (first) => {
      if (first[0] !== HANDSHAKE) return serve(socket, undefined);
      const secure = new tls.TLSSocket(socket, {
        isServer: true,
        ...identity,
        ca: authority,
        requestCert: true,
        rejectUnauthorized: true,
      });
      secure.on("error", () => socket.destroy());
      await once(secure, "secure");
      const name = /^DNS:(.+)$/.exec(secure.getPeerCertificate().subjectaltname ?? "")?.[1];
      return serve(secure, name);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The first bytes, left where they are for whoever reads next. */
async function peek(stream: Duplex): Promise<Buffer> {
  stream.resume();
  const [first] = (await once(stream, "data")) as [Buffer];
  stream.pause();
  stream.unshift(first);
  return first;
}

/**
 * One request, on a connection from the pod to itself. What `Connection` names goes first, then the client's own
 * `l5d-client-id`, then the client's identity is set: its underscore form is another field, and passes.
 */
function forward(
  req: http.IncomingMessage,
  res: http.ServerResponse,
  port: number,
  client: string | undefined,
): void {
  const named = (req.headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const headers: string[] = [];
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i]!.toLowerCase();
    if (name === "connection" || name === "l5d-client-id" || named.includes(name)) continue;
    headers.push(req.rawHeaders[i]!, req.rawHeaders[i + 1]!);
  }
  if (client !== undefined) headers.push("l5d-client-id", client);
  const { method, url } = req;
  const inside = http.request({ host: "127.0.0.1", port, method, path: url, headers, agent: false });
  inside.on("response", (answer) => {
    res.writeHead(answer.statusCode!, answer.rawHeaders);
    answer.pipe(res);
  });
  inside.on("error", () => res.destroy());
  req.pipe(inside);
}
