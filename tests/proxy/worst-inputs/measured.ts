/** Bytes of an input; the large one is as long as a request's header section may be. */
export const SMALL = 1_024;
export const LARGE = 16_384;

/** The work on some inputs: what `measure.ts` prints, a line of JSON each. */
export interface Measured {
  readonly parser: string;
  /** The inputs, shortened. */
  readonly inputs: readonly string[];
  /** Steps for inputs of `SMALL` bytes. */
  readonly small: number;
  /** Steps for inputs of `LARGE` bytes. */
  readonly large: number;
  /** Bytes of the large inputs together. */
  readonly bytes: number;
}
