/** Addresses of a name, and how long they are valid. */
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
 * The network outside, as the proxy uses it. It is the only interface that tests replace: they resolve names and
 * redirect public addresses, while all code that decides is that of production.
 */
export interface Network {
  /**
   * @param name absolute, with the root's dot
   * @throws FailureError
   */
  resolve(name: string): Promise<Resolved>;
  /** Where a connection to a permitted address is made: in production, that address itself. */
  endpoint(address: string, port: number): Endpoint;
}
