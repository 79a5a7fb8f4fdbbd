/**
 * Milliseconds of one step, and for which a request waits for a connection in use before one is made for it. To connect
 * takes longer, and a millisecond of processor time: a connection at once for each of the requests that piled up in a
 * pause made the pause longer (1,500 WebSocket handshakes at once stopped the event loop for 1.6 s).
 */
const PATIENCE = 5;
/** Connections that one step begins: so many, or so many times the connections there are: 64 take 55 ms, 1,000 take 115. */
const STEP = 4;
const GROWTH = 1.25;

/** Who needs connections, step by step. */
export interface Paced {
  /** Connections there are, and those that are being made. */
  readonly size: number;
  /** Connections that are needed and may be begun. */
  readonly wanted: number;
  /** Begins one connection: then `size` is one more, and `wanted` at least one less. */
  connect(): void;
}

/** Spreads connecting over time: a burst of requests must not stop the event loop for everybody else. */
export class ConnectPacer {
  /** Connections that may still be begun in this step. */
  private left = 0;
  /** Ends the step; undefined outside of one. */
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly owner: Paced) {}

  /** Begins connections now, as many as the step has room for, and the others in the steps behind it. */
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

  /** Begins connections in the next step: until then they may turn out to be needless. */
  startLater(): void {
    if (this.timer === undefined) this.step(0);
  }

  /** Begins none of those that wait. */
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
