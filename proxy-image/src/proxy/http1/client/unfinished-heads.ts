/**
 * Bytes of unfinished heads, of all connections of a process. With only a limit per connection, 10,000 clients that
 * never end a head would take 10,000 times that limit: a third of a gigabyte.
 */
const MOST_TOGETHER = 64 * 1024 * 1024;

/** Bounds the memory of unfinished heads. */
export class UnfinishedHeads {
  private together = 0;

  /**
   * @param mostBytes of one request's head
   * @param mostTogether of all unfinished heads at a time
   */
  constructor(
    readonly mostBytes: number,
    private readonly mostTogether = MOST_TOGETHER,
  ) {}

  /**
   * @param before bytes of the head at the last call
   * @param now bytes of the head now
   * @returns whether there is room for them; they are counted in either case
   */
  change(before: number, now: number): boolean {
    this.together += now - before;
    return now <= before || this.together <= this.mostTogether;
  }
}
