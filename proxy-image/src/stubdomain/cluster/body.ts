import type { IncomingMessage } from "node:http";

/**
 * The body of a response as text, which is kept in memory.
 *
 * @param limit bytes; the connection of a longer body is closed
 * @throws Error if it is longer, or ends early
 */
export async function textOf(incoming: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new Error(`the answer has more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
