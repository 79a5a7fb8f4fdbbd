import type { Exchange } from "../exchange/exchange";

/**
 * The exchanges that have begun and not ended.
 *
 * No Set: with one, 10 of every 42 MB that were allocated under load outlived their scavenge, scavenges took 15 to
 * 30 ms instead of 0.5 to 5, and a request cost 1.28 times the CPU. A Set is rehashed again and again under add and
 * delete, and its dead tables seem to keep what they held.
 */
export class Exchanges {
  private readonly all: Exchange[] = [];

  get size(): number {
    return this.all.length;
  }

  add(exchange: Exchange): void {
    exchange.place = this.all.length;
    this.all.push(exchange);
  }

  /** Nothing happens where it is not there: an exchange may end in more than one way. */
  delete(exchange: Exchange): void {
    const { place } = exchange;
    if (this.all[place] !== exchange) return;
    const last = this.all.pop()!;
    if (last === exchange) return;
    last.place = place;
    this.all[place] = last;
  }

  [Symbol.iterator](): Iterator<Exchange> {
    return this.all.slice().values();
  }
}
