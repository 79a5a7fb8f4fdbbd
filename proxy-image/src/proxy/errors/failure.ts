import { GRPC_STATUS, type GrpcStatus } from "./grpc-status";

/** One way in which a request can end without the third party's response. */
export interface Failure {
  /** Name, in problem+json's `type`, in the log and in metrics. */
  readonly name: string;
  /** HTTP status of the response. */
  readonly status: number;
  /** What it is in gRPC, which the proxy does not speak yet. */
  readonly grpcStatus: GrpcStatus;
  /** One sentence for people: what happened. */
  readonly title: string;
  /** What to do about it. */
  readonly advice: string;
  /** `error` of the Proxy-Status header (RFC 9209 §2.3). */
  readonly proxyStatus: string;
  /** Further headers of the response, flat: name, value, ... */
  readonly headers?: readonly string[];
  /** The connection ends with the response: its bytes can't be told apart any more. */
  readonly closes: boolean;
}

/** Declares a failure. */
export const failure = (
  name: string,
  status: keyof typeof GRPC_STATUS,
  proxyStatus: string,
  title: string,
  advice: string,
  { closes = false, headers }: { closes?: boolean; headers?: readonly string[] } = {},
): Failure => ({
  name,
  status,
  grpcStatus: GRPC_STATUS[status],
  proxyStatus,
  title,
  advice,
  ...(headers && { headers }),
  closes,
});

/** Advice for what is beyond a limit that is no upstream's. */
export const asksForTooMuch = "Send less: the limit protects every client of this proxy.";
/** Option of a failure: the connection is not read on after what could be read in two ways. */
export const close = { closes: true };
/** Advice for what no client should send. */
export const clientIsWrong = "Correct the client, or whatever stands between it and this proxy.";

/** What carries a failure to where it is sent. */
export class FailureError extends Error {
  override readonly name = "FailureError";

  /**
   * @param failure what to tell the client
   * @param reason what to add for them: nothing secret, no address
   */
  constructor(
    readonly failure: Failure,
    readonly reason?: string,
    options?: ErrorOptions,
  ) {
    super(reason ? `${failure.title} ${reason}` : failure.title, options);
  }
}
