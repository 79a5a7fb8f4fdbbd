import { execFile } from "node:child_process";
import { promisify } from "node:util";

const exec = promisify(execFile);

const PAYLOAD = 64;
/** One event, as a server writes it. */
export const EVENT = `data: ${"e".repeat(PAYLOAD)}\n\n`;
/** Milliseconds between two events of a stream. */
export const EVENTS_EVERY = 20;
/** A text frame from a client (RFC 6455 §5.2), masked with zeros. */
export const MESSAGE = Buffer.concat([
  Buffer.from([0x81, 0x80 | PAYLOAD, 0, 0, 0, 0]),
  Buffer.alloc(PAYLOAD, "m"),
]);
/** A text frame from a server. */
export const REPLY = Buffer.concat([Buffer.from([0x81, PAYLOAD]), Buffer.alloc(PAYLOAD, "r")]);

/** Kinds of streams: who sends when. */
export type StreamKind = "events" | "messages";

/** What {@link relayed} opens. */
export interface Streams {
  readonly kind: StreamKind;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly seconds: number;
}

/**
 * Holds streams open: takes events as they come, or sends the next WebSocket message when the last one's reply is there.
 *
 * @param generator the bundle of `stream-clients.ts`
 * @returns how many events or replies arrived
 * @throws Error when a stream ended or had a wrong answer
 */
export async function relayed(generator: string, streams: Streams): Promise<number> {
  const { stdout } = await exec(process.execPath, [generator, JSON.stringify(streams)]);
  return Number(stdout);
}
