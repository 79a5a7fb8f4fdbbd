import net from "node:net";
import tls from "node:tls";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { authority } from "../proxy/support/world";

/** Milliseconds: longer than it takes Linkerd to give up on HTTP, which was 5. */
const PAUSE = 50;

/** What a service account is called in the mesh: `namespace/account`. */
export function identityOf(account: string): string {
  const [namespace, name] = account.split("/") as [string, string];
  return `${name}.${namespace}.serviceaccount.identity.linkerd.cluster.local`;
}

/** A connection with the mesh's TLS, as the sidecar of a pod with this service account makes it. */
export async function connectMeshed(port: number, account: string): Promise<net.Socket> {
  const identity = authority.issue([identityOf(account)], { client: true });
  const socket = tls.connect({
    host: "127.0.0.1",
    port,
    ...identity,
    ca: authority.ca,
    checkServerIdentity: () => undefined,
  });
  await once(socket, "secureConnect");
  return socket;
}

/** A connection in the clear, from another address than the proxy's pod has. */
export async function connectUnmeshed(port: number): Promise<net.Socket> {
  const socket = net.connect({ host: "127.0.0.1", port, localAddress: "127.0.0.2" });
  await once(socket, "connect");
  return socket;
}

/** Sends the pieces with a pause between each, and reads until the other side closes. */
export async function exchange(socket: net.Socket, ...pieces: string[]): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => socket.destroy());
  const closed = new Promise((resolve) => socket.once("close", resolve));
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await sleep(PAUSE);
    socket.write(piece);
  }
  const limit = setTimeout(() => socket.destroy(), 2_000);
  await closed;
  clearTimeout(limit);
  return Buffer.concat(chunks).toString("latin1");
}
