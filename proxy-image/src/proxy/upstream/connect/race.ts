/** Milliseconds until the next address is tried in parallel (RFC 8305 §8). */
const FIRST_DELAY = 250;
/** The shortest delay that RFC 8305 §5 recommends. */
const SHORTEST_DELAY = 100;

/** Receives the outcome of the attempts of a race. */
export interface RaceObserver {
  /** It failed. */
  failed(address: string): void;
  /** Another attempt was faster, although this one had had its time. */
  overtaken(address: string): void;
  won(address: string): void;
}

/**
 * Tries addresses one after the other until one is connected (RFC 8305 §5): the next one begins when one fails, or when
 * its delay has passed. The first that succeeds wins, and the others are ended.
 *
 * The second address waits for 250 ms, each later one for half as long as the one before, down to 100 ms. If one does
 * not respond, others often don't either: with four such addresses the fifth begins after 575 ms.
 *
 * @param addresses at least one
 * @param attempt connects to one, unless its signal ends it
 * @param discard called with what connected in the event-loop iteration in which another had won
 * @param signal ends all of them, with its reason
 * @throws what the attempts rejected with, the last one last
 */
export function race<T>(
  addresses: readonly string[],
  attempt: (address: string, signal: AbortSignal) => Promise<T>,
  discard: (result: T) => void,
  observer: RaceObserver,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const running = new Map<string, { began: number; delay: number; abort: AbortController }>();
    const errors: unknown[] = [];
    let next = 0;
    let delay = FIRST_DELAY;
    let timer: NodeJS.Timeout | undefined;
    let settled = false;

    const settle = (reason: unknown): void => {
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      for (const { abort } of running.values()) abort.abort(reason);
    };
    const onAbort = (): void => {
      settle(signal!.reason);
      reject(signal!.reason as Error);
    };
    const won = (address: string, result: T): void => {
      if (settled) {
        discard(result);
        return;
      }
      const now = performance.now();
      running.delete(address);
      for (const [other, { began, delay: time }] of running) {
        if (now - began >= time) observer.overtaken(other);
      }
      observer.won(address);
      settle(new Error("another address was faster"));
      resolve(result);
    };
    const lost = (address: string, error: unknown): void => {
      running.delete(address);
      errors.push(error);
      observer.failed(address);
      if (next < addresses.length) begin();
      else if (running.size === 0) {
        settle(error);
        reject(new RaceError(errors));
      }
    };
    const begin = (): void => {
      clearTimeout(timer);
      const address = addresses[next++]!;
      const abort = new AbortController();
      running.set(address, { began: performance.now(), delay, abort });
      attempt(address, abort.signal).then(
        (result) => won(address, result),
        (error: unknown) => {
          if (!settled) lost(address, error);
        },
      );
      if (next === addresses.length) return;
      timer = setTimeout(begin, delay);
      delay = Math.max(SHORTEST_DELAY, delay / 2);
    };

    if (signal?.aborted) onAbort();
    else {
      signal?.addEventListener("abort", onAbort);
      begin();
    }
  });
}

/** None of the addresses could be connected to. */
export class RaceError extends Error {
  override readonly name = "RaceError";

  /** @param errors of the attempts, in the order in which they ended */
  constructor(readonly errors: readonly unknown[]) {
    super("no address could be connected to");
  }
}
