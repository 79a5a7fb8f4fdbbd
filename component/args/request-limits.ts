/**
 * What the head of a request may be, whoever sends it. Together, heads that do not end may take 64 MiB in each pod; more
 * are answered 503.
 */
export interface RequestLimits {
  /** Bytes of a request line and its header section, 8,192 to 131,072; a larger one is answered 431 or 414. Default: 32,768. */
  headerBytes?: number;
  /** Header fields, 50 to 1,000; more are answered 431. Default: 200. */
  headerFields?: number;
}
