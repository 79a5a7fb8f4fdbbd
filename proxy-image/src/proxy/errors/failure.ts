import { GRPC_STATUS, type GrpcStatus } from "./grpc-status";

/** A reason why a request ends without the third party's whole response. */
export interface Failure {
  /** Name, in problem+json's `type`, in the log and in metrics. */
  readonly name: string;
  /** HTTP status of the response. */
  readonly status: number;
  /** The same in gRPC, which the proxy does not speak yet. */
  readonly grpcStatus: GrpcStatus;
  /** One sentence for people: what happened. */
  readonly title: string;
  /** What to do about it. */
  readonly advice: string;
  /** `error` of the Proxy-Status field (RFC 9209 §2.3). */
  readonly proxyStatus: string;
  /** Further header fields of the response, flat: name, value, ... */
  readonly headers?: readonly string[];
  /** The connection ends with the response: the following bytes can't be parsed reliably. */
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

/** Advice for a request that exceeds a limit of the process, not of an upstream. */
export const asksForTooMuch = "Send less: the limit protects every client of this proxy.";
/** Option of a failure: nothing more is read from a connection after bytes that could be read in two ways. */
export const close = { closes: true };
/** Advice for a request that no client should send. */
export const clientIsWrong = "Correct the client, or whatever stands between it and this proxy.";

/** Carries a failure to the code that sends it. */
export class FailureError extends Error {
  override readonly name = "FailureError";

  /**
   * @param failure what to tell the client
   * @param reason details for the client: no secret, no address
   */
  constructor(
    readonly failure: Failure,
    readonly reason?: string,
    options?: ErrorOptions,
  ) {
    super(reason ? `${failure.title} ${reason}` : failure.title, options);
  }
}
