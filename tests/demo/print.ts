/** Prints one line of the demo. */
export function say(line: string): void {
  console.log(`  ${line}`);
}

/** Prints what is being done, does it, and prints how long it took. */
export async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  console.log(`▸ ${what}`);
  const result = await work();
  say(`(${((Date.now() - start) / 1_000).toFixed(1)} s)`);
  return result;
}
