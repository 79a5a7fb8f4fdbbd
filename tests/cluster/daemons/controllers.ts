import { join } from "node:path";

import type { Families } from "../families";
import { inUrl, listed } from "../families";
import type { ClusterPki } from "../pki/cluster-pki";
import type { Kubeconfigs } from "../pki/kubeconfig";
import type { Daemon } from "../sandbox/daemon";
import { answersTls } from "./http";

/** kube-controller-manager. */
export function controllerManager(
  directory: string,
  families: Families,
  nodeIp: string,
  pki: ClusterPki,
  configs: Kubeconfigs,
): Daemon {
  return {
    name: "kube-controller-manager",
    command: join(directory, "bin", "kube-controller-manager"),
    args: [
      `--kubeconfig=${configs["controller-manager"]}`,
      "--leader-elect=false",
      "--allocate-node-cidrs",
      `--cluster-cidr=${listed(families, "podCidr")}`,
      `--service-cluster-ip-range=${listed(families, "serviceCidr")}`,
      `--root-ca-file=${pki.authority.certificate}`,
      `--cluster-signing-cert-file=${pki.authority.certificate}`,
      `--cluster-signing-key-file=${pki.authority.key}`,
      `--service-account-private-key-file=${pki.serviceAccountKey}`,
      "--use-service-account-credentials",
      `--cert-dir=${join(directory, "tmp")}`,
      "--kube-api-qps=200",
      "--kube-api-burst=400",
    ],
    isReady: () =>
      answersTls(`https://${inUrl(nodeIp)}:10257/healthz`, { rejectUnauthorized: false, agent: false }),
  };
}

/** kube-scheduler. */
export function scheduler(directory: string, nodeIp: string, configs: Kubeconfigs): Daemon {
  return {
    name: "kube-scheduler",
    command: join(directory, "bin", "kube-scheduler"),
    args: [
      `--kubeconfig=${configs.scheduler}`,
      "--leader-elect=false",
      `--cert-dir=${join(directory, "tmp")}`,
      "--kube-api-qps=200",
      "--kube-api-burst=400",
    ],
    isReady: () =>
      answersTls(`https://${inUrl(nodeIp)}:10259/healthz`, { rejectUnauthorized: false, agent: false }),
  };
}
