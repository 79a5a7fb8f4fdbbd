import type { RaceObserver } from "./race";

/** Milliseconds for which a failed address is tried last: doubled at each failure, up to the longest. */
const SHORTEST = 30_000;
const LONGEST = 600_000;
/** Addresses that are remembered; beyond that, the oldest is dropped. */
const MOST = 4_096;

interface Failed {
  until: number;
  penalty: number;
}

/**
 * Remembers addresses that have failed or did not respond, so that a dead one delays one connection and not each. They
 * are tried last, not left out, because all of a name's addresses may have failed.
 */
export class AddressHealth implements RaceObserver {
  private readonly known = new Map<string, Failed>();

  /** @param now milliseconds on a monotonic clock */
  constructor(private readonly now: () => number = () => performance.now()) {}

  failed(address: string): void {
    const penalty = Math.min(LONGEST, (this.known.get(address)?.penalty ?? SHORTEST / 2) * 2);
    this.known.delete(address);
    if (this.known.size >= MOST) this.known.delete(this.known.keys().next().value!);
    this.known.set(address, { until: this.now() + penalty, penalty });
  }

  overtaken(address: string): void {
    this.failed(address);
  }

  won(address: string): void {
    this.known.delete(address);
  }

  /** Addresses that have failed lately come last; otherwise the order is kept. */
  order(addresses: readonly string[]): string[] {
    const now = this.now();
    const isDown = (address: string): boolean => (this.known.get(address)?.until ?? 0) > now;
    const up = addresses.filter((address) => !isDown(address));
    return up.length === addresses.length ? up : [...up, ...addresses.filter(isDown)];
  }
}

/**
 * An order of addresses for one of many connections. Each connection begins with another address of its family, so that
 * connections spread over all of them. Families alternate (RFC 8305 §4), beginning with the first address's.
 *
 * @param turn number of the connection
 */
export function spread(addresses: readonly string[], turn: number): string[] {
  const [first] = addresses;
  if (first === undefined) return [];
  const isFirst = (address: string): boolean => address.includes(":") === first.includes(":");
  const own = rotated(addresses.filter(isFirst), turn);
  const other = rotated(
    addresses.filter((address) => !isFirst(address)),
    turn,
  );
  return own
    .flatMap((address, index) => (index < other.length ? [address, other[index]!] : [address]))
    .concat(other.slice(own.length));
}

function rotated(list: readonly string[], by: number): string[] {
  const start = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}
