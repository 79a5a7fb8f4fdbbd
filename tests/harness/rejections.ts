/**
 * A registration that fails rejects promises that nobody awaits; the engine's language host ends the program by
 * them. Here they must not end the test that expects the failure.
 *
 * @returns puts the listeners back that were there before
 */
export function catchRejections(caught: (error: unknown) => void): () => void {
  const event = "unhandledRejection";
  const others = process.rawListeners(event) as ((error: unknown) => void)[];
  process.removeAllListeners(event);
  process.on(event, caught);
  return () => {
    process.removeAllListeners(event);
    for (const listener of others) process.on(event, listener);
  };
}
