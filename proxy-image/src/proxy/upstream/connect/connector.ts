import type { X509Certificate } from "node:crypto";
import { AddressHealth } from "./address-health";
import type { ConnectTarget } from "./attempt";
import { type Connected, connect } from "./connect";
import type { Network } from "../network";
import { createTranslators } from "../names/translators";
import { type Lookup, cached } from "../names/resolver-cache";

/** Connects to third parties, for pools and for Node's agents. */
export interface Connector {
  /**
   * @param buffered whether its bytes are read into a buffer; otherwise it is a stream to read from
   * @param signal ends the attempt early, with the signal's reason
   */
  connect(target: ConnectTarget, buffered: boolean, signal?: AbortSignal): Promise<Connected>;
  /** The addresses of a host in DNS now, within their TTL. @throws FailureError */
  addresses(host: string): Promise<readonly string[]>;
}

/** Receives the events of connecting. */
export interface ConnectObserver {
  lookup(lookup: Lookup, milliseconds: number): void;
  /** @param certificate the one that was just verified, with those that came with it as its issuers */
  connected(entry: string, host: string, certificate: X509Certificate): void;
}

/** Creates a connector that caches the network's DNS answers. */
export function createConnector(network: Network, observer: ConnectObserver): Connector {
  const resolve = cached(
    (name) => network.resolve(name),
    (lookup, milliseconds) => observer.lookup(lookup, milliseconds),
  );
  const translators = createTranslators(resolve);
  const endpoint: Network["endpoint"] = (address, port) => network.endpoint(address, port);
  const health = new AddressHealth();
  return {
    async connect(target, buffered, signal) {
      const connected = await connect(target, { resolve, translators, endpoint, health }, buffered, signal);
      const { socket } = connected;
      // A resumed session has no certificate.
      const certificate = socket.isSessionReused() ? undefined : socket.getPeerX509Certificate();
      if (certificate) observer.connected(target.entry, target.host, certificate);
      return connected;
    },
    addresses: (host) => resolve(`${host}.`),
  };
}
