import { KEEP_ALIVE_SECONDS } from "./response-writer";

/** Time limits of a client's connection, by state; all in milliseconds. */
export interface ClientTimeouts {
  /** For a request's head: a slow one holds only a socket. */
  readonly headers: number;
  /** For an idle connection. */
  readonly keepAlive: number;
  /** For the rest of a request that is read and dropped after an early response. */
  readonly linger: number;
  /** For a slow client to take the last bytes of a response. */
  readonly flush: number;
  /** Interval of the check for connections whose time has passed. */
  readonly checkEvery: number;
}

export const CLIENT_TIMEOUTS: ClientTimeouts = {
  headers: 15_000,
  // Longer than the client has been told: a request that crosses the close would fail.
  keepAlive: KEEP_ALIVE_SECONDS * 1_000 + 2_000,
  linger: 2_000,
  flush: 60_000,
  checkEvery: 500,
};
