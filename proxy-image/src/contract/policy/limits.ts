/** Range and default of a limit. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly fallback: number;
}

/**
 * Bytes of a request line and its header section. The default is that of Amazon's load balancers, and twice that of
 * nginx; the minimum is what RFC 9110 §4.1 recommends for a URL alone.
 */
export const HEADER_BYTES: Bounds = { least: 8_192, most: 131_072, fallback: 32_768 };

/** Header fields of a request. Each is checked for every request. */
export const HEADER_FIELDS: Bounds = { least: 50, most: 1_000, fallback: 200 };
