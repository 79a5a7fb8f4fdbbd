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
import { handshakeError, handshakeTimeout } from "../tls/handshake-error";
import { checkServerIdentity } from "../tls/server-identity";
import { type Session, resumable } from "../tls/sessions";

/** Addresses that are tried for one connection; more would only make the client wait. */
const MOST_ATTEMPTS = 4;

/** One third party, as connecting needs it. */
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
  /** The last session that the third party issued: saves a round trip and the certificates. */
  session?: Session;
}

/** What connecting needs of the network. */
export interface Surroundings {
  readonly resolve: (name: string) => Promise<readonly string[]>;
  readonly translators: Translators;
  readonly endpoint: Network["endpoint"];
}

/**
 * Connects to a third party: resolves its name, checks every address, connects only to checked ones, one after the
 * other until one accepts, and verifies the certificate.
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
  throw new FailureError(last === undefined ? connectionTimeout : classify(last), undefined, { cause: last });
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
    const resumed = resumable(target.session, context, Date.now());
    let expires = resumed?.expires ?? NaN;
    const options: ConnectionOptions & TcpSocketConnectOpts = {
      host,
      port,
      servername: target.serverName,
      secureContext: context,
      session: resumed?.state,
      // Not called for a resumed session.
      checkServerIdentity(_name, certificate) {
        expires = Date.parse(certificate.valid_to);
        return checkServerIdentity(target.serverName, certificate);
      },
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
      reject(handshakeError(error));
    };
    const timer = setTimeout(() => fail(handshakeTimeout(socket.connecting)), timeout);
    signal?.addEventListener("abort", onAbort);
    socket.once("connect", () => socket.setNoDelay(true).setKeepAlive(true));
    socket.on("error", fail);
    socket.on("session", (state) => (target.session = { context, state, expires }));
    socket.once("secureConnect", () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      // `fail` stays: an error before the next listener is there would end the process.
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
