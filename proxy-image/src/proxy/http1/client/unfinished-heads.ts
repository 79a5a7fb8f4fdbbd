/**
 * Bytes of heads that have not come whole, of all connections of a process. With each connection's limit alone, 10,000
 * clients that never end a head would take 10,000 times as much: a third of a gigabyte.
 */
const MOST_TOGETHER = 64 * 1024 * 1024;

/** Bounds the memory of heads that have begun and not ended. */
export class UnfinishedHeads {
  private together = 0;

  /**
   * @param mostBytes of one request's line and header section
   * @param mostTogether of all that are unfinished at a time
   */
  constructor(
    readonly mostBytes: number,
    private readonly mostTogether = MOST_TOGETHER,
  ) {}

  /**
   * @param before bytes that one had when it was last told
   * @param now bytes that it has
   * @returns whether there is room for them; they count in either case
   */
  change(before: number, now: number): boolean {
    this.together += now - before;
    return now <= before || this.together <= this.mostTogether;
  }
}
