import type { Failure, FailureError } from "../errors/failures";

/** Room that an exchange takes, until it gives it back. */
export interface Slot {
  /** @param client key of the client's identity; "" where the mesh vouches for nobody */
  release(client: string): void;
}

/** Bounds second tries. */
export interface RetryAllowance {
  /** Whether one more is allowed. */
  take(): boolean;
}

/** A request's body on its way to the third party. Times are on the exchanges' clock, 0 while nobody is waited for. */
export interface ForwardedBody {
  /** Bytes so far. */
  readonly bytes: number;
  /** It has been written to its end. */
  readonly complete: boolean;
  /** It comes piece by piece, as what it tells of happens. */
  readonly streams: boolean;
  /** Since when the client has been waited for. */
  readonly waitingSince: number;
  /** Since when the third party has been waited for to take more. */
  readonly blockedSince: number;
}

/** The response on its way to the client. */
export interface Pipeline {
  /** What the third party is waited for. */
  readonly awaiting: "connection" | "head" | "body";
  /** The response is a stream: its pieces come as what they tell of happens. */
  readonly streams: boolean;
  /** Since when, on the exchanges' clock; 0 while it is not waited for. */
  readonly awaitingSince: number;
  /** Since when the client has not taken more; 0 while it does. */
  readonly pausedSince: number;
  /** The client takes more. */
  resume(): void;
  /** The client has gone: nothing more is asked of the third party. */
  cancel(): void;
  /** Ends both sides for a reason of ours. */
  abort(error: FailureError): void;
}

/** Two connections that an upgrade has joined. */
export interface Tunnel {
  /** Bytes to the client, after the handshake. */
  readonly bytesOut: number;
  /** Since when the third party does not take what the client sends, on the exchanges' clock; 0 while it does. */
  readonly blockedSince: number;
  /** Since when the client does not take what the third party sends; 0 while it does. */
  readonly pausedSince: number;
  /** When a byte came last, from either side, on the exchanges' clock. */
  readonly activeAt: number;
  /** Ends both sides at once, after the handshake, for a reason of ours. */
  abort(failure: Failure): void;
  /** Ends both sides at once, in whatever state. */
  destroy(): void;
  /**
   * The client has gone, or got a response that is not a 101.
   *
   * @param then is called when the third party's side has ended too
   */
  finish(then: () => void): void;
}
