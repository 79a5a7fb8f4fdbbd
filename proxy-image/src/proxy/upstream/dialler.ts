import type { TLSSocket } from "node:tls";
import { type DialTarget, dial } from "./dial";
import type { Inbox } from "./inbox";
import type { Network } from "./network";
import { type Lookup, cached } from "./resolver-cache";

/**
 * Connects to third parties, for pools and Node's agents alike.
 *
 * @param inbox where its bytes arrive; without one it is a stream to read from
 */
export type Dialler = (target: DialTarget, inbox?: Inbox) => Promise<TLSSocket>;

/** Is told what connecting shows. */
export interface DialObserver {
  lookup(lookup: Lookup, milliseconds: number): void;
  /** @param expires when the certificate that was just verified expires, in seconds since 1970 */
  connected(entry: string, expires: number): void;
}

/** Over a network, with its names remembered. */
export function createDialler(network: Network, observer: DialObserver): Dialler {
  const resolve = cached(
    (name) => network.resolve(name),
    (lookup, milliseconds) => observer.lookup(lookup, milliseconds),
  );
  return async (target, inbox) => {
    const socket = await dial(target, resolve, (address, port) => network.endpoint(address, port), inbox);
    // A resumed session shows no certificate.
    if (!socket.isSessionReused()) {
      const { valid_to: expires } = socket.getPeerCertificate();
      observer.connected(target.entry, Date.parse(expires) / 1_000);
    }
    return socket;
  };
}
