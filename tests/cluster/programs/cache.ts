import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where built programs and images are kept, outside the repository: `K8S_EGRESS_CACHE`, or the user's cache. */
export function cacheDirectory(): string {
  const { K8S_EGRESS_CACHE, XDG_CACHE_HOME } = process.env;
  if (K8S_EGRESS_CACHE) return K8S_EGRESS_CACHE;
  return join(XDG_CACHE_HOME ?? join(homedir(), ".cache"), "k8s-egress");
}

/**
 * The cached directory for `name` and `key`; made by `make` in a directory of its own first, and renamed when
 * complete, so that an interrupted build leaves nothing that looks finished.
 */
export async function cached(
  name: string,
  key: string,
  make: (directory: string) => Promise<void>,
): Promise<string> {
  const finished = join(cacheDirectory(), `${name}-${key.slice(0, 16)}`);
  if (existsSync(finished)) return finished;
  const unfinished = `${finished}.${randomUUID()}`;
  await mkdir(unfinished, { recursive: true });
  try {
    await make(unfinished);
    await rename(unfinished, finished);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process finished the same build meanwhile.
    if (existsSync(finished)) return finished;
    throw error;
  }
  return finished;
}
