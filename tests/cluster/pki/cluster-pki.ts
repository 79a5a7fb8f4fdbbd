import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { NODE_NAME } from "../addresses";
import type { Families } from "../families";
import { networksOf } from "../families";
import type { Authority, KeyPair } from "./openssl";
import { createAuthority, createKey, issue } from "./openssl";

/** Every key and certificate of the control plane and the node. */
export interface ClusterPki {
  readonly authority: Authority;
  readonly apiServer: KeyPair;
  /** By which the API server shows itself to kubelet, for logs and exec. */
  readonly kubeletClient: KeyPair;
  readonly serviceAccountKey: string;
  readonly clients: Readonly<Record<ClientName, KeyPair>>;
}

/** Who has a kubeconfig. */
export type ClientName = "admin" | "controller-manager" | "scheduler" | "kube-proxy" | "kubelet";

const CLIENTS: Readonly<Record<ClientName, { commonName: string; organization?: string }>> = {
  admin: { commonName: "kubernetes-admin", organization: "system:masters" },
  "controller-manager": { commonName: "system:kube-controller-manager" },
  scheduler: { commonName: "system:kube-scheduler" },
  "kube-proxy": { commonName: "system:kube-proxy" },
  kubelet: { commonName: `system:node:${NODE_NAME}`, organization: "system:nodes" },
};

/** Makes all of them in `directory`. */
export async function createClusterPki(
  directory: string,
  families: Families,
  nodeIps: readonly string[],
): Promise<ClusterPki> {
  await mkdir(directory, { recursive: true });
  const authority = await createAuthority(directory, "cluster");
  const serviceAccountKey = join(directory, "service-account.key");
  const addresses = [...nodeIps, ...networksOf(families).map(({ apiServiceIp }) => apiServiceIp)];
  const names = Object.keys(CLIENTS) as ClientName[];
  const [apiServer, kubeletClient, , ...clients] = await Promise.all([
    issue(authority, {
      file: "apiserver",
      commonName: "kube-apiserver",
      subjectAltNames: [
        ...["127.0.0.1", ...addresses].map((address) => `IP:${address}`),
        ...["DNS:localhost", "DNS:kubernetes", "DNS:kubernetes.default", "DNS:kubernetes.default.svc"],
      ],
    }),
    issue(authority, {
      file: "kubelet-client",
      commonName: "kube-apiserver-kubelet-client",
      organization: "system:masters",
    }),
    createKey(serviceAccountKey),
    ...names.map((file) => issue(authority, { file, ...CLIENTS[file] })),
  ]);
  return {
    authority,
    apiServer,
    kubeletClient,
    serviceAccountKey,
    clients: Object.fromEntries(names.map((name, i) => [name, clients[i]])) as ClusterPki["clients"],
  };
}
