/**
 * Milliseconds of one step, and for which a request waits for a connection in use before a new one is made for it.
 * Connecting takes longer, and costs a millisecond of processor time. A connection at once for each request that piled
 * up in a pause made the pause longer (1,500 WebSocket handshakes at once stopped the event loop for 1.6 s).
 */
const PATIENCE = 5;
/** Connections that one step begins: this many, or this many times the existing ones. 64 take 55 ms, 1,000 take 115. */
const STEP = 4;
const GROWTH = 1.25;

/** Needs connections, and begins them step by step. */
export interface Paced {
  /** Connections that exist or are being made. */
  readonly size: number;
  /** Connections that are needed and may be begun. */
  readonly wanted: number;
  /** Begins one connection: then `size` is one more, and `wanted` at least one less. */
  connect(): void;
}

/** Spreads connecting over time, so that a burst of requests does not stop the event loop for all others. */
export class ConnectPacer {
  /** Connections that may still be begun in this step. */
  private left = 0;
  /** Ends the step; undefined outside of one. */
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly owner: Paced) {}

  /** Begins connections now, as many as the step has room for, and the others in later steps. */
  start(): void {
    if (this.owner.wanted <= 0) return;
    if (this.timer === undefined) {
      const { size } = this.owner;
      this.step(Math.max(STEP, Math.floor(size * GROWTH) - size));
    }
    while (this.left > 0 && this.owner.wanted > 0) {
      this.left--;
      this.owner.connect();
    }
  }

  /** Begins connections in the next step: they may no longer be needed then. */
  startLater(): void {
    if (this.timer === undefined) this.step(0);
  }

  /** Cancels the connections that have not been begun. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private step(room: number): void {
    this.left = room;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.start();
    }, PATIENCE);
  }
}
