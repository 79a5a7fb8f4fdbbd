import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { NODE_NAME } from "../addresses";
import type { Families } from "../families";
import { inUrl, listed } from "../families";
import type { Kubeconfigs } from "../pki/kubeconfig";
import type { Daemon } from "../sandbox/daemon";
import { answers } from "./http";

const HEALTH_PORT = 10256;

/** kube-proxy in iptables mode. */
export async function kubeProxy(
  directory: string,
  families: Families,
  nodeIp: string,
  configs: Kubeconfigs,
): Promise<Daemon> {
  const configFile = join(directory, "kube-proxy.json");
  const config = {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    clientConnection: { kubeconfig: configs["kube-proxy"] },
    mode: "iptables",
    clusterCIDR: listed(families, "podCidr"),
    hostnameOverride: NODE_NAME,
    healthzBindAddress: `${inUrl(nodeIp)}:${HEALTH_PORT}`,
    // Zero leaves the machine's connection tracking alone: its limits are not the namespace's own.
    conntrack: {
      maxPerCore: 0,
      min: 0,
      tcpEstablishedTimeout: "0s",
      tcpCloseWaitTimeout: "0s",
    },
    iptables: { minSyncPeriod: "100ms" },
    oomScoreAdj: 0,
  };
  await writeFile(configFile, JSON.stringify(config, undefined, 2));
  return {
    name: "kube-proxy",
    command: join(directory, "bin", "kube-proxy"),
    args: [`--config=${configFile}`],
    isReady: () => answers(`http://${inUrl(nodeIp)}:${HEALTH_PORT}/livez`),
  };
}
