import type { Failure, FailureError } from "../errors/failures";
import type { ConnectPhases } from "../message/upstream-stream";

/** An exchange's share of a limit, until it releases it. */
export interface Slot {
  /** @param client key of the client's identity; "" if the mesh does not identify it */
  release(client: string): void;
}

/** Bounds retries. */
export interface RetryAllowance {
  /** Whether one more retry is allowed. */
  take(): boolean;
}

/** A request's body on its way to the third party. Times are on the exchanges' clock, 0 while nothing is awaited. */
export interface ForwardedBody {
  /** Bytes so far. */
  readonly bytes: number;
  /** The whole body has been written. */
  readonly complete: boolean;
  /** The body is a stream of events: silence between its pieces is normal. */
  readonly streams: boolean;
  /** When the wait for the client began. */
  readonly waitingSince: number;
  /** When the third party stopped taking bytes. */
  readonly blockedSince: number;
}

/** The response on its way to the client. */
export interface Pipeline {
  /** What is awaited from the third party. */
  readonly awaiting: "connection" | "head" | "body";
  /** The response is a stream of events: silence between its pieces is normal. */
  readonly streams: boolean;
  /** When that wait began, on the exchanges' clock; 0 while nothing is awaited. */
  readonly awaitingSince: number;
  /** When the client stopped taking bytes, on the exchanges' clock; 0 while it takes them. */
  readonly pausedSince: number;
  /** The client takes more. */
  resume(): void;
  /** The client has gone: nothing more is fetched from the third party. */
  cancel(): void;
  /** Ends both sides for a reason of ours. */
  abort(error: FailureError): void;
}

/** The spans of a request that is traced. Times are on the exchanges' clock. */
export interface ExchangeTrace {
  /** Hexadecimal, as in a traceparent. */
  readonly traceId: string;
  /** Of the server's span. */
  readonly spanId: string;
  /** A request to the third party begins. */
  attempt(at: number): void;
  /** Adds the trace's fields, if the upstream wants them. @param fields flat: name, value, ... */
  inject(fields: readonly string[]): readonly string[];
  /** The request has a connection. @param phases how it was made; undefined if it has served a request before */
  connected(phases: ConnectPhases | undefined): void;
  /** The request to the third party failed and is sent again. */
  retry(failure: Failure, at: number): void;
  /** The head of the third party's response has arrived. */
  responded(status: number, at: number): void;
  /** The exchange has ended. */
  end(at: number): void;
}

/** Two connections that an upgrade has joined. */
export interface Tunnel {
  /** Bytes to the client, after the handshake. */
  readonly bytesOut: number;
  /** When the third party stopped taking the client's bytes, on the exchanges' clock; 0 while it takes them. */
  readonly blockedSince: number;
  /** When the client stopped taking the third party's bytes; 0 while it takes them. */
  readonly pausedSince: number;
  /** When the last byte arrived, from either side, on the exchanges' clock. */
  readonly activeAt: number;
  /** Ends both sides at once, after the handshake, for a reason of ours. */
  abort(failure: Failure): void;
  /** Ends both sides at once, in any state. */
  destroy(): void;
  /**
   * The client has gone, or got a response that is not a 101.
   *
   * @param then called when the third party's side has ended too
   */
  finish(then: () => void): void;
}
