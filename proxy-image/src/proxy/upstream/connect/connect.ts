import type { TcpSocketConnectOpts } from "node:net";
import { type ConnectionOptions, type SecureContext, type TLSSocket, connect as startTls } from "node:tls";
import { classify } from "../../errors/classify";
import {
  FailureError,
  certificateInvalid,
  connectionTimeout,
  destinationProhibited,
} from "../../errors/failures";
import type { AddressRule } from "../names/address-rule";
import type { Translators } from "../names/translators";
import type { ReadBuffer } from "../../http1/read-buffer";
import type { Endpoint, Network } from "../network";

/** Addresses that are tried for one connection; more would only make the caller wait. */
const MOST_ATTEMPTS = 4;

/** One third party, as the dialler needs it. */
export interface ConnectTarget {
  /** The policy's entry, for metrics. */
  readonly entry: string;
  /** Canonical name; resolved as absolute. */
  readonly host: string;
  readonly port: number;
  /** Sent as SNI and verified in the certificate. From the policy, never from a request. */
  readonly serverName: string;
  readonly context: () => SecureContext;
  readonly permits: AddressRule;
  /** Milliseconds for everything: name, TCP connections, TLS handshake. */
  readonly timeout: number;
  /** The last session that the third party issued, and under which settings: saves a round trip and the certificates. */
  resumable?: { readonly context: SecureContext; readonly session: Buffer };
}

/** What connecting needs of the network. */
export interface Surroundings {
  readonly resolve: (name: string) => Promise<readonly string[]>;
  readonly translators: Translators;
  readonly endpoint: Network["endpoint"];
}

/**
 * Connects to a third party: resolves its name, checks every address, dials only checked ones, one after the
 * other until one answers, and verifies the certificate.
 *
 * @param signal ends it early, with the signal's reason: the connection is not needed any more
 * @throws FailureError
 */
export async function connect(
  target: ConnectTarget,
  { resolve, translators, endpoint }: Surroundings,
  readBuffer?: ReadBuffer,
  signal?: AbortSignal,
): Promise<TLSSocket> {
  const deadline = performance.now() + target.timeout;
  const addresses = await withDeadline(resolve(`${target.host}.`), deadline);
  const prefixes = await translators(addresses);
  const permitted = addresses.filter((address) => target.permits(address, prefixes)).slice(0, MOST_ATTEMPTS);
  if (permitted.length === 0) throw new FailureError(destinationProhibited);
  let last: unknown;
  for (const [index, address] of permitted.entries()) {
    const left = deadline - performance.now();
    if (left <= 0) break;
    signal?.throwIfAborted();
    try {
      // Each gets its share of what is left, so that a silent first address leaves time for the others.
      const share = left / (permitted.length - index);
      return await attempt(target, endpoint(address, target.port), share, readBuffer, signal);
    } catch (error) {
      signal?.throwIfAborted();
      last = error;
      // Another address of the same name would show the same certificate, or worse, another one.
      if (classify(error) === certificateInvalid) break;
    }
  }
  if (last instanceof FailureError) throw last;
  const reason = certificateReason(last);
  throw new FailureError(last === undefined ? connectionTimeout : classify(last), reason, { cause: last });
}

/** TCP, then TLS, on one address; ends in a socket or in none. */
function attempt(
  target: ConnectTarget,
  { host, port }: Endpoint,
  timeout: number,
  readBuffer: ReadBuffer | undefined,
  signal: AbortSignal | undefined,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const context = target.context();
    const { resumable } = target;
    const options: ConnectionOptions & TcpSocketConnectOpts = {
      host,
      port,
      servername: target.serverName,
      secureContext: context,
      // One of another client certificate would go on under that one's name.
      session: resumable?.context === context ? resumable.session : undefined,
      ALPNProtocols: ["http/1.1"],
      rejectUnauthorized: true,
      ...(readBuffer && { onread: readBuffer.onread }),
    };
    const socket = startTls(options);
    const onAbort = (): void => fail(signal!.reason as Error);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(new FailureError(connectionTimeout)), timeout);
    signal?.addEventListener("abort", onAbort);
    socket.once("connect", () => socket.setNoDelay(true).setKeepAlive(true));
    socket.on("error", fail);
    socket.on("session", (session) => (target.resumable = { context, session }));
    socket.once("secureConnect", () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.off("error", fail);
      resolve(socket);
    });
  });
}

/** Resolving counts too: a silent DNS must not hold a request for longer than a silent third party. */
function withDeadline<T>(promise: Promise<T>, deadline: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new FailureError(connectionTimeout, "Its name was not resolved in time.")),
      Math.max(1, deadline - performance.now()),
    );
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** OpenSSL's reason without what the certificate says: its names are the third party's text. */
function certificateReason(error: unknown): string | undefined {
  if (classify(error) !== certificateInvalid) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  return code === "ERR_TLS_CERT_ALTNAME_INVALID"
    ? "The certificate is for other names."
    : `The reason is ${code}.`;
}
