/** Destination of text. */
export interface Output {
  write: (text: string) => unknown;
}
