import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { REGISTRY_PORT } from "../addresses";
import { inUrl } from "../families";
import type { Daemon } from "../sandbox/daemon";
import { answers } from "./http";

/** The image registry, at loopback for the cluster and at the node's address for the host. */
export async function registry(directory: string, nodeIp: string): Promise<Daemon> {
  const configFile = join(directory, "registry.json");
  const config = {
    version: "0.1",
    log: { level: "warn", accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(directory, "registry") },
      delete: { enabled: true },
    },
    http: { addr: `:${REGISTRY_PORT}` },
  };
  await writeFile(configFile, JSON.stringify(config));
  return {
    name: "docker-registry",
    command: "docker-registry",
    args: ["serve", configFile],
    isReady: () => answers(`http://${inUrl(nodeIp)}:${REGISTRY_PORT}/v2/`),
  };
}
