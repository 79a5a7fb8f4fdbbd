/**
 * Milliseconds of one step of dials, and for which a request waits for a connection in use before it dials one. A dial
 * takes longer, and a millisecond of processor time: one dial at once for each of the requests that piled up in a
 * pause made the pause longer (1,500 WebSocket handshakes at once stopped the event loop for 1.6 s).
 */
const PATIENCE = 5;
/** Dials of one step: so many, or so many times the connections there are: 64 take 55 ms, 1,000 take 115. */
const STEP = 4;
const GROWTH = 1.25;

/** Who needs connections, step by step. */
export interface Paced {
  /** Connections there are, and dials under way. */
  readonly size: number;
  /** Dials that are needed and may begin. */
  readonly wanted: number;
  /** Begins one connect: then `size` is one more, and `wanted` at least one less. */
  connect(): void;
}

/** Spreads dials over time: a burst of requests must not stop the event loop for everybody else. */
export class ConnectPacer {
  /** Dials that may still begin in this step. */
  private left = 0;
  /** Ends the step; undefined outside of one. */
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly owner: Paced) {}

  /** Begins dials now, as many as the step has room for, and the others in the steps behind it. */
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

  /** Begins dials in the next step: until then they may turn out to be needless. */
  startLater(): void {
    if (this.timer === undefined) this.step(0);
  }

  /** Begins none of the dials that wait. */
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
