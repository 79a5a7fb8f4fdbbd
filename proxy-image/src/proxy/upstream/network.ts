import net from "node:net";
import { createDnsResolver } from "./resolver";

/** Addresses of a name, for a while. */
export interface Resolved {
  /** In the order in which they are tried. */
  readonly addresses: readonly string[];
  /** Seconds for which they may be used again. */
  readonly ttl: number;
}

/**
 * The world outside, as the proxy sees it. The one seam for tests: they answer for names and for public
 * addresses, while everything that decides stays what it is in production.
 */
export interface Network {
  /**
   * @param name absolute, with the root's dot
   * @throws FailureError
   */
  resolve(name: string): Promise<Resolved>;
  /** Begins a TCP connection to an address that has been checked. */
  connect(address: string, port: number): net.Socket;
}

/** The real one. */
export function realNetwork(): Network {
  return {
    resolve: createDnsResolver(),
    connect: (address, port) => net.connect({ host: address, port, noDelay: true, keepAlive: true }),
  };
}
