import type { TraceParent } from "../message/trace-context";

/** Milliseconds. */
const SECOND = 1_000;

/**
 * Decides which requests are traced. As OpenTelemetry's parent-based sampler it follows the client, but a client is
 * hostile input: it may ask for a limited number of traces, and then the ratio decides as for everyone. The ratio is a
 * throw of dice and not a function of the trace's id, which a client chooses.
 */
export class Sampling {
  private second = -Infinity;
  private left = 0;

  /**
   * @param ratio 0 to 1
   * @param mostAsked requests a second that are traced because the client asks for it; 0: clients are not heeded
   */
  constructor(
    private readonly ratio: number,
    private readonly mostAsked: number,
    private readonly random: () => number = Math.random,
  ) {}

  /** @param now on the exchanges' clock */
  samples(parent: TraceParent | undefined, now: number): boolean {
    if (parent !== undefined && this.mostAsked > 0) {
      if (!parent.sampled) return false;
      if (this.takes(now)) return true;
    }
    return this.random() < this.ratio;
  }

  private takes(now: number): boolean {
    if (now - this.second >= SECOND) {
      this.second = now;
      this.left = this.mostAsked;
    }
    return this.left-- > 0;
  }
}
