/** Addresses of a name, for a while. */
export interface Resolved {
  /** In the order in which they are tried. */
  readonly addresses: readonly string[];
  /** Seconds for which they may be used again. */
  readonly ttl: number;
}

/** An IP address and a TCP port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * The world outside, as the proxy sees it. The one seam for tests: they resolve names and stand for public
 * addresses, while everything that decides stays what it is in production.
 */
export interface Network {
  /**
   * @param name absolute, with the root's dot
   * @throws FailureError
   */
  resolve(name: string): Promise<Resolved>;
  /** Where a connection to a checked address is made: in production there itself. */
  endpoint(address: string, port: number): Endpoint;
}
