import type { AppPod } from "../../e2e/support/pod";

/** Bytes sent to an address from a client pod, and what came back until the other side closed. */
export interface RawResult {
  /** 0 where no response came. */
  readonly status: number;
  readonly text: string;
  readonly error?: string;
}

/** Sends the pieces on one connection, with a pause between them that is longer than Linkerd waits for a protocol. */
export function sendRaw(
  client: AppPod,
  host: string,
  port: number,
  pieces: readonly string[],
): Promise<RawResult> {
  return client.run<RawResult>(SCRIPT, host, port, pieces);
}

const SCRIPT = `
  import net from "node:net";
  import { setTimeout as sleep } from "node:timers/promises";
  const [host, port, pieces] = args;
  const socket = net.connect({ host, port });
  let text = "", error;
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.setEncoding("latin1").on("data", (data) => (text += data)).on("error", ({ code }) => (error = code));
  const limit = setTimeout(() => socket.destroy(), 6000);
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await sleep(300);
    socket.write(piece, "latin1");
  }
  await closed;
  clearTimeout(limit);
  console.log(JSON.stringify({ status: Number(/^HTTP\\/1\\.1 (\\d{3})/.exec(text)?.[1] ?? 0), text, error }));`;
