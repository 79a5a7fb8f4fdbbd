/** What a limit may be. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly fallback: number;
}

/**
 * Bytes of a request line and its header section. The default is what Amazon's load balancers and twice what nginx take
 * by default; the least is what RFC 9110 §4.1 wants of a URL alone.
 */
export const HEADER_BYTES: Bounds = { least: 8_192, most: 131_072, fallback: 32_768 };

/** Header fields of a request. Each costs a look for every request. */
export const HEADER_FIELDS: Bounds = { least: 50, most: 1_000, fallback: 200 };
