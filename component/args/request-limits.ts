/**
 * Limits of a request's head, for all clients. All unfinished heads together may take 64 MiB in each pod; the response
 * to further ones is 503.
 */
export interface RequestLimits {
  /**
   * Bytes of a request line and its header section, 8,192 to 131,072; the response to a larger one is 431 or 414.
   * Default: 32,768.
   */
  headerBytes?: number;
  /** Header fields, 50 to 1,000; the response to more is 431. Default: 200. */
  headerFields?: number;
}
