import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Families } from "../families";
import { familiesOf } from "../families";
import { NETWORKS } from "../addresses";
import type { Daemon } from "../sandbox/daemon";

/** As seen in the cluster's mount namespace. */
export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

/** The container runtime of kubelet and Docker. */
export async function containerd(directory: string, families: Families, pauseImage: string): Promise<Daemon> {
  const configFile = join(directory, "containerd.toml");
  const networks = join(directory, "cni");
  await mkdir(networks, { recursive: true });
  await writeFile(configFile, config(pauseImage, networks));
  await writeFile(join(networks, "10-pods.conflist"), podNetwork(directory, families));
  return {
    name: "containerd",
    command: "containerd",
    args: ["--config", configFile],
    isReady: () => existsSync(join(directory, CONTAINERD_SOCKET)),
  };
}

// restrict_oom_score_adj: where the machine lacks CAP_SYS_RESOURCE, sandboxes fail otherwise with "can't get
// final child's PID from pipe: EOF".
function config(pauseImage: string, networks: string): string {
  return `version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  max_concurrent_downloads = 10
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${networks}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`;
}

/**
 * Each pod at a cable of its own: a bridge would need br_netfilter for a pod to reach another one by a
 * Service.
 */
function podNetwork(directory: string, families: Families): string {
  const own = familiesOf(families);
  const network = {
    cniVersion: "0.4.0",
    name: "pods",
    plugins: [
      {
        type: "ptp",
        ipMasq: true,
        ipam: {
          type: "host-local",
          dataDir: join(directory, "ipam"),
          ranges: own.map((family) => [{ subnet: NETWORKS[family].nodePodCidr }]),
          routes: own.map((family) => ({ dst: family === 4 ? "0.0.0.0/0" : "::/0" })),
        },
      },
    ],
  };
  return JSON.stringify(network, undefined, 2);
}
