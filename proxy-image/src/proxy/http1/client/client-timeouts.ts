import { KEEP_ALIVE_SECONDS } from "./response-writer";

/** How long a client's connection may stay at what; all in milliseconds. */
export interface ClientTimeouts {
  /** For a request's header section: a slow one holds a socket and nothing else. */
  readonly headers: number;
  /** For an idle connection. */
  readonly keepAlive: number;
  /** For what is still read, and dropped, behind a response that came before its request's end. */
  readonly linger: number;
  /** For a response's last bytes to be taken by a client that reads slowly. */
  readonly flush: number;
  /** Between two looks for connections that have lasted too long where they are. */
  readonly checkEvery: number;
}

export const CLIENT_TIMEOUTS: ClientTimeouts = {
  headers: 15_000,
  // Later than the client has been told: a request that crosses the close would fail.
  keepAlive: KEEP_ALIVE_SECONDS * 1_000 + 2_000,
  linger: 2_000,
  flush: 60_000,
  checkEvery: 500,
};
