/** Bytes. TLS delivers one record at a time, and a record has no more. */
const SIZE = 16 * 1024;

/**
 * The buffer that a connection reads into, reused for every read. A new buffer for each piece made the garbage
 * collector take a fifth of the processor's time under large bodies, and cost a quarter of the memory.
 */
export class ReadBuffer {
  /** The option of `tls.connect`. */
  readonly onread = {
    buffer: (): Buffer => (this.spare ??= Buffer.allocUnsafeSlow(SIZE)),
    callback: (length: number, buffer: Uint8Array): boolean => {
      this.take((buffer as Buffer).subarray(0, length));
      return true;
    },
  };
  private spare: Buffer | undefined;
  private receive: ((bytes: Buffer) => void) | undefined;
  /** Bytes arrived before a receiver was set. */
  private early = false;

  /**
   * Sets the receiver of the bytes. They are valid only during the call, unless the receiver calls `keep` in it.
   *
   * @returns false if bytes have arrived before
   */
  open(receive: (bytes: Buffer) => void): boolean {
    this.receive = receive;
    return !this.early;
  }

  /** The bytes of this call are still needed after it. */
  keep(): void {
    this.spare = undefined;
  }

  private take(bytes: Buffer): void {
    if (this.receive) this.receive(bytes);
    else this.early = true;
  }
}
