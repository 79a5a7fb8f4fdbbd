/**
 * Appends new bytes to those that are not processed yet. Its memory has room for more, so a head that arrives byte by
 * byte is copied a few times, not once per byte.
 */
export class JoinedBytes {
  private memory: Buffer | undefined;
  /** Bytes of `memory` that are in use; the rest is uninitialised. */
  private used = 0;

  /**
   * @param before undefined, or the unprocessed rest of the last result, or other bytes
   * @returns both, concatenated; `bytes` itself if there was nothing before
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

  /** Nothing of the last result is still unprocessed. */
  clear(): void {
    this.memory = undefined;
  }

  /** Where these bytes begin in `memory`, if they end where the free part begins. */
  private startOf({ buffer, byteOffset, length }: Buffer): number | undefined {
    if (this.memory?.buffer !== buffer) return undefined;
    const start = byteOffset - this.memory.byteOffset;
    return start + length === this.used ? start : undefined;
  }
}
