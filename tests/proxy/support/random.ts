/** Numbers that are the same each time for one seed. @returns an integer from 0 up to, and without, `below` */
export type Random = (below: number) => number;

/** Xorshift. */
export function random(seed: number): Random {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

export function pick<T>(below: Random, list: readonly T[]): T {
  return list[below(list.length)]!;
}
