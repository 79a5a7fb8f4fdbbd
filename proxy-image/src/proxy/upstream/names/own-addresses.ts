import type { Log } from "../../log";
import { type AddressRule, among } from "./address-rule";
import type { Network } from "../network";

/** Milliseconds between two look-ups of the pods' addresses. */
const REFRESH = 10_000;

/** Addresses of our own, which no upstream may have: a request to one would come back under another identity. */
export interface OwnAddresses {
  readonly isOwn: AddressRule;
  close(): void;
}

/**
 * @param fixed the API server's and this pod's
 * @param service absolute name of a headless Service that selects all pods of this proxy; its addresses are looked up
 * regularly, and the last ones are kept while DNS fails. Undefined: there are only the fixed ones.
 */
export function createOwnAddresses(
  fixed: readonly string[],
  service: string | undefined,
  network: Pick<Network, "resolve">,
  log: Log,
): OwnAddresses {
  let current = among(fixed);
  if (service === undefined) return { isOwn: current, close: () => undefined };
  const refresh = async (): Promise<void> => {
    try {
      const { addresses } = await network.resolve(service);
      current = among([...fixed, ...addresses]);
    } catch (error) {
      log.warn({ service, cause: (error as Error).message }, "own pods not looked up");
    }
  };
  void refresh();
  const timer = setInterval(() => void refresh(), REFRESH).unref();
  return { isOwn: (address) => current(address), close: () => clearInterval(timer) };
}
