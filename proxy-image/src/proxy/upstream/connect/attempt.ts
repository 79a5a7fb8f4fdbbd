import type { TcpSocketConnectOpts } from "node:net";
import { type ConnectionOptions, type SecureContext, type TLSSocket, connect as startTls } from "node:tls";
import type { ReadBuffer } from "../../http1/upstream/read-buffer";
import type { AddressRule } from "../names/address-rule";
import type { Endpoint } from "../network";
import { handshakeError, handshakeTimeout } from "../tls/handshake-error";
import { checkServerIdentity } from "../tls/server-identity";
import { type Session, resumable } from "../tls/sessions";

/** A third party's settings for connecting. */
export interface ConnectTarget {
  /** The policy's entry, for metrics. */
  readonly entry: string;
  /** Canonical name; resolved as an absolute name. */
  readonly host: string;
  readonly port: number;
  /** Sent as SNI and verified in the certificate. From the policy, never from a request. */
  readonly serverName: string;
  readonly context: () => SecureContext;
  readonly permits: AddressRule;
  /** Milliseconds for everything: name, TCP connections, TLS handshake. */
  readonly timeout: number;
  /** The last TLS session that the third party issued: it saves a round trip and the certificates. */
  session?: Session;
  /** Connections that have been begun: each begins with another address. */
  begun: number;
}

/** A verified socket. */
export interface Attempted {
  readonly socket: TLSSocket;
  /** When TCP was connected, on `performance.now()`'s clock. */
  readonly connected: number;
}

/**
 * Connects to one address: TCP, then TLS. The result is a verified socket or an error.
 *
 * @param timeout milliseconds for both
 * @param signal ends it early, with the signal's reason
 * @throws FailureError
 */
export function attempt(
  target: ConnectTarget,
  { host, port }: Endpoint,
  timeout: number,
  readBuffer: ReadBuffer | undefined,
  signal: AbortSignal,
): Promise<Attempted> {
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
      // Node does not call this for a resumed session.
      checkServerIdentity(_name, certificate) {
        expires = Date.parse(certificate.valid_to);
        return checkServerIdentity(target.serverName, certificate);
      },
      ALPNProtocols: ["http/1.1"],
      rejectUnauthorized: true,
      ...(readBuffer && { onread: readBuffer.onread }),
    };
    const socket = startTls(options);
    let connected = 0;
    const onAbort = (): void => fail(signal.reason as Error);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      reject(handshakeError(error));
    };
    const timer = setTimeout(() => fail(handshakeTimeout(socket.connecting)), timeout);
    signal.addEventListener("abort", onAbort);
    socket.once("connect", () => {
      connected = performance.now();
      socket.setNoDelay(true).setKeepAlive(true);
    });
    socket.on("error", fail);
    socket.on("session", (state) => (target.session = { context, state, expires }));
    socket.once("secureConnect", () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      // The listener `fail` stays: an error before the next listener is added would end the process.
      resolve({ socket, connected });
    });
  });
}
