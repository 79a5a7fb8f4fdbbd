import { attachCluster, startCluster, stopCluster } from "../../cluster";

let started = false;

/** Before the first file of the suite: one cluster for all of them. */
export async function globalSetup(): Promise<void> {
  if (await attachCluster()) return;
  await startCluster({ progress: console.log });
  started = true;
}

/** After the last: away again, unless it was there before. */
export async function globalTeardown(): Promise<void> {
  if (started) await stopCluster();
}
