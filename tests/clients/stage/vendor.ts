import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { PolicyUpstream } from "../../../proxy-image/src/contract/policy/policy";

/** A request as a vendor reads it, its body whole. */
export interface VendorRequest {
  readonly method: string;
  readonly host: string;
  /** As it came, with query and escapes. */
  readonly target: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turns, as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** A pretended third party. */
export interface Vendor {
  /** Its hosts as in a policy: exact, or `*.suffix`. */
  readonly hosts: readonly string[];
  /** What its entries in the policy have beyond the defaults. */
  readonly policy?: Partial<PolicyUpstream>;
  /**
   * Answers as the real API does.
   *
   * @throws Complaint where the request is not what the real API wants
   */
  handle(request: VendorRequest, response: ServerResponse): void | Promise<void>;
  /** Takes over the connection of a WebSocket handshake. Absent: the connection is closed. */
  upgrade?(request: VendorRequest, socket: Duplex): void;
}

/** What a vendor has against a request: 400 with this text, which every client shows as an error. */
export class Complaint extends Error {}

/** @throws Complaint */
export function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Complaint(what);
}

export function sendJson(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** Sends pieces of a body one by one, each in an event-loop iteration of its own. */
export async function sendPieces(
  response: ServerResponse,
  pieces: readonly (string | Buffer)[],
): Promise<void> {
  for (const piece of pieces) {
    response.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  response.end();
}

export function json(request: VendorRequest): Record<string, unknown> {
  try {
    return JSON.parse(request.body.toString()) as Record<string, unknown>;
  } catch {
    throw new Complaint(`the body is not JSON: ${request.body.toString().slice(0, 80)}`);
  }
}

export function form(request: VendorRequest): URLSearchParams {
  const type = request.headers["content-type"] ?? "";
  demand(type.startsWith("application/x-www-form-urlencoded"), `the body is no form, but ${type}`);
  return new URLSearchParams(request.body.toString());
}

/** The paths that a policy admits; a request for another one shows what a client makes of a 403. */
export function only(...paths: string[]): Partial<PolicyUpstream> {
  return { allow: [{ paths }] };
}
