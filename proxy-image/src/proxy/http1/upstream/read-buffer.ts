/** Bytes: TLS hands over a record at a time, and none has more. */
const SIZE = 16 * 1024;

/**
 * Where a connection's bytes arrive: one buffer, filled again and again. A new one for each piece made the garbage
 * collector take a fifth of the processor's time under large bodies, and a quarter of the memory.
 */
export class ReadBuffer {
  /** What `tls.connect` takes. */
  readonly onread = {
    buffer: (): Buffer => (this.spare ??= Buffer.allocUnsafeSlow(SIZE)),
    callback: (length: number, buffer: Uint8Array): boolean => {
      this.take((buffer as Buffer).subarray(0, length));
      return true;
    },
  };
  private spare: Buffer | undefined;
  private receive: ((bytes: Buffer) => void) | undefined;
  /** Bytes came before anybody could have asked for them. */
  private early = false;

  /**
   * Who gets the bytes from now on; they are its for the time of the call only, unless it calls `keep` in it.
   *
   * @returns false where bytes have come before
   */
  open(receive: (bytes: Buffer) => void): boolean {
    this.receive = receive;
    return !this.early;
  }

  /** The bytes of this call are still needed behind it. */
  keep(): void {
    this.spare = undefined;
  }

  private take(bytes: Buffer): void {
    if (this.receive) this.receive(bytes);
    else this.early = true;
  }
}
