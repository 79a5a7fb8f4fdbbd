import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { CLUSTER_DOMAIN, NODE_NAME } from "../addresses";
import type { Families } from "../families";
import { inUrl, networksOf } from "../families";
import type { ClusterPki } from "../pki/cluster-pki";
import type { Kubeconfigs } from "../pki/kubeconfig";
import type { Daemon } from "../sandbox/daemon";
import { CONTAINERD_SOCKET } from "./containerd";
import { answers } from "./http";

const HEALTH_PORT = 10248;

/** kubelet, the cluster's only node. */
export async function kubelet(
  directory: string,
  families: Families,
  nodeIps: readonly [string, ...string[]],
  cgroup: string,
  pki: ClusterPki,
  configs: Kubeconfigs,
): Promise<Daemon> {
  const [nodeIp] = nodeIps;
  const [network] = networksOf(families);
  const resolvConf = join(directory, "node-resolv.conf");
  await writeFile(resolvConf, `nameserver ${network.internetDns}\n`);
  const configFile = join(directory, "kubelet.json");
  const config = {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: { x509: { clientCAFile: pki.authority.certificate }, anonymous: { enabled: false } },
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    clusterDNS: [network.clusterDnsIp],
    clusterDomain: CLUSTER_DOMAIN,
    resolvConf,
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    healthzBindAddress: nodeIp,
    healthzPort: HEALTH_PORT,
    // A changed ConfigMap is in its pods' files within this time.
    configMapAndSecretChangeDetectionStrategy: "Watch",
    syncFrequency: "2s",
    nodeStatusUpdateFrequency: "2s",
    serializeImagePulls: false,
    registryPullQPS: 0,
    eventRecordQPS: 0,
    oomScoreAdj: 0,
    // The machine's disk and memory are not the cluster's to judge.
    evictionHard: { "memory.available": "50Mi", "nodefs.available": "0%", "imagefs.available": "0%" },
    imageGCHighThresholdPercent: 100,
  };
  await writeFile(configFile, JSON.stringify(config, undefined, 2));
  return {
    name: "kubelet",
    command: join(directory, "bin", "kubelet"),
    args: [
      `--config=${configFile}`,
      `--kubeconfig=${configs.kubelet}`,
      `--hostname-override=${NODE_NAME}`,
      `--node-ip=${nodeIps.join(",")}`,
    ],
    isReady: () => answers(`http://${inUrl(nodeIp)}:${HEALTH_PORT}/healthz`),
  };
}
