import net from "node:net";

/** What came back over a socket, and how it ended. */
export interface Reply {
  text: string;
  ended: "closed" | "reset" | "timeout";
}

/** Sends bytes as they are and reads until the other side closes, or nothing more comes for `quiet` ms. */
export function sendRaw(port: number, bytes: string | Buffer, quiet = 1_000): Promise<Reply> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    const chunks: Buffer[] = [];
    const end = (ended: Reply["ended"]): void => {
      socket.destroy();
      resolve({ text: Buffer.concat(chunks).toString("latin1"), ended });
    };
    socket.setTimeout(quiet, () => end("timeout"));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("end", () => end("closed"));
    socket.on("error", () => end("reset"));
    socket.write(bytes);
  });
}

/** A request text: lines joined by CRLF, then the empty line, then the body. */
export function lines(...text: string[]): string {
  return `${text.join("\r\n")}\r\n\r\n`;
}

/** Status code of a raw answer. */
export function statusOf({ text }: Reply): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
}
