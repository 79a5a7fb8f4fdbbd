/**
 * Joins bytes that come in pieces to those that are still to be read. The memory behind them has room for more, so that
 * a head that comes byte by byte is copied a few times and not once for each byte.
 */
export class JoinedBytes {
  private memory: Buffer | undefined;
  /** Bytes of `memory` that are in use; what is behind them nobody has seen. */
  private used = 0;

  /**
   * @param before undefined, or what is left of what this has joined last, or other bytes
   * @returns both, one behind the other: `bytes` itself where nothing was before
   */
  join(before: Buffer | undefined, bytes: Buffer): Buffer {
    if (before === undefined) return bytes;
    const length = before.length + bytes.length;
    let start = this.startOf(before);
    if (this.memory === undefined || start === undefined || start + length > this.memory.length) {
      this.memory = Buffer.allocUnsafeSlow(2 * length);
      before.copy(this.memory);
      start = 0;
    }
    bytes.copy(this.memory, start + before.length);
    this.used = start + length;
    return this.memory.subarray(start, this.used);
  }

  /** Nothing of what was joined is still to be read. */
  clear(): void {
    this.memory = undefined;
  }

  /** Where they begin in `memory`, if they end where it is free. */
  private startOf({ buffer, byteOffset, length }: Buffer): number | undefined {
    if (this.memory?.buffer !== buffer) return undefined;
    const start = byteOffset - this.memory.byteOffset;
    return start + length === this.used ? start : undefined;
  }
}
