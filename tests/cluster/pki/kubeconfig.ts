import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { API_PORT } from "../addresses";
import { inUrl } from "../families";
import type { ClientName, ClusterPki } from "./cluster-pki";

/** The paths of the clients' kubeconfigs. */
export type Kubeconfigs = Readonly<Record<ClientName, string>>;

/** Writes a self-contained kubeconfig for each client. */
export async function writeKubeconfigs(
  directory: string,
  pki: ClusterPki,
  nodeIp: string,
): Promise<Kubeconfigs> {
  const authority = await base64(pki.authority.certificate);
  const written = Object.entries(pki.clients).map(async ([name, pair]) => {
    const file = join(directory, `${name}.kubeconfig`);
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "cluster",
          cluster: {
            server: `https://${inUrl(nodeIp)}:${API_PORT}`,
            "certificate-authority-data": authority,
          },
        },
      ],
      users: [
        {
          name,
          user: {
            "client-certificate-data": await base64(pair.certificate),
            "client-key-data": await base64(pair.key),
          },
        },
      ],
      contexts: [{ name: "cluster", context: { cluster: "cluster", user: name } }],
      "current-context": "cluster",
    };
    // JSON is YAML.
    await writeFile(file, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
    return [name, file] as const;
  });
  return Object.fromEntries(await Promise.all(written)) as Kubeconfigs;
}

async function base64(file: string): Promise<string> {
  return (await readFile(file)).toString("base64");
}
