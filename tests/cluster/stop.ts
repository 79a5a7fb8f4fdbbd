import { rm } from "node:fs/promises";

import type { Instance } from "./instance";
import { removeCgroups } from "./sandbox/cgroups";
import { destroyNamespaces } from "./sandbox/namespaces";
import { isRunning } from "./sandbox/process-id";
import { waitFor } from "./sandbox/wait-for";
import { readState } from "./state";

/** Ends all that runs for the cluster; its directory, with the logs, stays. */
export async function halt(instance: Instance): Promise<void> {
  const state = await readState(instance);
  await destroyNamespaces(instance, state?.holder);
  await waitFor("ending the cluster's daemons", 10, () => !(state?.daemons ?? []).some(isRunning));
  await removeCgroups(instance.name);
}

/** Ends the cluster and removes all that is left of it. Nothing happens where there is none. */
export async function stop(instance: Instance): Promise<void> {
  await halt(instance);
  await rm(instance.directory, { recursive: true, force: true });
}
