import { readFileSync } from "node:fs";
import { join } from "node:path";

import { API_PORT } from "../addresses";
import type { Families } from "../families";
import { inUrl, listed } from "../families";
import type { ClusterPki } from "../pki/cluster-pki";
import type { Daemon } from "../sandbox/daemon";
import { ETCD_URL } from "./etcd";
import { answersTls } from "./http";

/** kube-apiserver, as kubeadm sets it up where it matters to clients. */
export function apiServer(directory: string, families: Families, nodeIp: string, pki: ClusterPki): Daemon {
  const ca = readFileSync(pki.authority.certificate);
  return {
    name: "kube-apiserver",
    command: join(directory, "bin", "kube-apiserver"),
    args: [
      `--etcd-servers=${ETCD_URL}`,
      `--advertise-address=${nodeIp}`,
      `--secure-port=${API_PORT}`,
      `--service-cluster-ip-range=${listed(families, "serviceCidr")}`,
      `--client-ca-file=${pki.authority.certificate}`,
      `--tls-cert-file=${pki.apiServer.certificate}`,
      `--tls-private-key-file=${pki.apiServer.key}`,
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      "--allow-privileged",
      "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
      `--service-account-key-file=${pki.serviceAccountKey}`,
      `--service-account-signing-key-file=${pki.serviceAccountKey}`,
      // For logs and exec.
      `--kubelet-client-certificate=${pki.kubeletClient.certificate}`,
      `--kubelet-client-key=${pki.kubeletClient.key}`,
      "--kubelet-preferred-address-types=InternalIP",
    ],
    isReady: () => answersTls(`https://${inUrl(nodeIp)}:${API_PORT}/readyz`, { ca, agent: false }),
  };
}
