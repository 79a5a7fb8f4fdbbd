import { setTimeout as sleep } from "node:timers/promises";
import { destroyExchange } from "./exchange-end";
import type { DataServer } from "./data-server";
import type { Observer } from "../observe/observer";

/** Milliseconds without a new request after which no more requests are expected. */
const QUIET = 1_000;
const CHECK_EVERY = 50;

/**
 * Ends serving without failing a request. It listens for as long as requests still arrive, because endpoints are
 * updated everywhere only after a while. Then it closes idle connections and finishes the requests in flight.
 *
 * @param limit milliseconds for all of it; what lasts longer is aborted
 * @returns how many requests were aborted
 */
export async function drain(server: DataServer, observer: Observer, limit: number): Promise<number> {
  const began = performance.now();
  const deadline = began + limit;
  const quiet = (): boolean => performance.now() - Math.max(began, observer.lastBegan) >= QUIET;
  while (!quiet() && performance.now() < deadline) await sleep(CHECK_EVERY);

  const closed = new Promise<"closed">((resolve) => server.close(() => resolve("closed")));
  while ((await Promise.race([closed, sleep(CHECK_EVERY)])) !== "closed" && performance.now() < deadline) {
    server.closeIdleConnections();
  }
  const cut = observer.exchanges.size;
  for (const exchange of observer.exchanges) destroyExchange(exchange);
  server.closeAllConnections();
  await closed;
  return cut;
}
