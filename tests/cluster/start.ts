import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import * as addresses from "./addresses";
import type { Artifacts } from "./artifacts";
import { installPrograms } from "./artifacts";
import type { Cluster } from "./cluster";
import { apiServer } from "./daemons/apiServer";
import { containerd } from "./daemons/containerd";
import { controllerManager, scheduler } from "./daemons/controllers";
import { docker, dockerHost } from "./daemons/docker";
import { etcd } from "./daemons/etcd";
import { internetDns, internetHostsFile } from "./daemons/internetDns";
import { kubelet } from "./daemons/kubelet";
import { kubeProxy } from "./daemons/kubeProxy";
import { registry } from "./daemons/registry";
import { controlUrl, thirdParties } from "./daemons/thirdParties";
import { push, reference } from "./images/push";
import type { Instance } from "./instance";
import { apply, kubectl } from "./kubectl";
import { coreDnsManifests } from "./manifests/coreDns";
import { createClusterPki } from "./pki/clusterPki";
import { writeKubeconfigs } from "./pki/kubeconfig";
import { createCgroups } from "./sandbox/cgroups";
import type { Daemon, RunningDaemon } from "./sandbox/daemon";
import { startDaemon } from "./sandbox/daemon";
import { createNamespaces, entering } from "./sandbox/namespaces";
import { processId } from "./sandbox/processId";
import { writeState } from "./state";
import type { ThirdPartyCertificates } from "./third-parties/certificates";
import { createThirdPartyCertificates } from "./third-parties/certificates";

/** Starts all of the cluster in its directory, which exists and is empty, and waits until pods can run. */
export async function start(
  instance: Instance,
  artifacts: Artifacts,
  progress: (line: string) => void,
): Promise<Cluster> {
  const { directory, nodeIp, logs, name: cgroup } = instance;
  const starter = processId(process.pid);
  await Promise.all([logs, join(directory, "tmp")].map((path) => mkdir(path, { recursive: true })));
  await installPrograms(artifacts, join(directory, "bin"));

  progress("making namespaces and certificates");
  const [holder, pki, certificates] = await Promise.all([
    createCgroups(cgroup).then(() => createNamespaces(instance)),
    createClusterPki(join(directory, "pki"), nodeIp),
    createThirdPartyCertificates(join(directory, "third-parties")),
  ]);
  await writeState(instance, { starter, holder, daemons: [] });
  const configs = await writeKubeconfigs(directory, pki, nodeIp);

  const daemons: RunningDaemon[] = [];
  const launch = async (daemon: Daemon | Promise<Daemon>): Promise<void> => {
    daemons.push(await startDaemon(await daemon, { holder, directory, logs }));
  };

  const { images } = artifacts;
  const registryUrl = `http://${nodeIp}:${addresses.REGISTRY_PORT}`;
  const admin = { kubectl: artifacts.kubectl, kubeconfig: configs.admin };
  const imagesPushed = async (): Promise<void> => {
    await launch(registry(directory, nodeIp));
    await Promise.all(Object.values(images).map((image) => push(image, registryUrl)));
  };
  const runtimes = async (): Promise<void> => {
    await launch(containerd(directory, reference(images.pause)));
    await launch(docker(directory, cgroup));
  };
  const controlPlane = async (): Promise<void> => {
    await launch(etcd(directory, nodeIp));
    await launch(apiServer(directory, nodeIp, pki));
    await Promise.all([
      launch(controllerManager(directory, nodeIp, pki, configs)),
      launch(scheduler(directory, nodeIp, configs)),
      launch(kubeProxy(directory, nodeIp, configs)),
      apply(admin, coreDnsManifests(reference(images.coredns)), "cluster-addons"),
    ]);
  };
  const internet = [internetDns(directory, nodeIp), thirdParties(directory, nodeIp, certificates)];

  progress("starting the control plane, the runtimes, the registry and the third parties");
  await Promise.all([imagesPushed(), runtimes(), controlPlane(), ...internet.map(launch)]);

  progress("starting the node");
  await launch(kubelet(directory, nodeIp, cgroup, pki, configs));
  await kubectl(admin, ["wait", "--for=create", `node/${addresses.NODE_NAME}`, "--timeout=60s"]);
  await kubectl(admin, ["wait", "--for=condition=Ready", `node/${addresses.NODE_NAME}`, "--timeout=60s"]);
  progress("waiting for cluster DNS");
  await kubectl(admin, [
    "--namespace=kube-system",
    "rollout",
    "status",
    "deployment/coredns",
    "--timeout=120s",
  ]);

  const cluster: Cluster = {
    instance: instance.name,
    ...admin,
    registry: addresses.REGISTRY,
    registryUrl,
    dockerHost: dockerHost(directory),
    images: {
      node: reference(images.node),
      coredns: reference(images.coredns),
      pause: reference(images.pause),
    },
    nodeIp,
    clusterDomain: addresses.CLUSTER_DOMAIN,
    clusterDnsIp: addresses.CLUSTER_DNS_IP,
    podCidr: addresses.POD_CIDR,
    serviceCidr: addresses.SERVICE_CIDR,
    thirdParties: { controlUrl: controlUrl(nodeIp), hostsFile: internetHostsFile(directory) },
    ...(await certificateTexts(certificates)),
    enter: entering(holder),
    logs,
  };
  await writeState(instance, { starter, holder, daemons, cluster });
  return cluster;
}

async function certificateTexts({ authority, client }: ThirdPartyCertificates) {
  const [thirdPartyCa, certificate, key] = await Promise.all(
    [authority.certificate, client.certificate, client.key].map((file) => readFile(file, "utf8")),
  );
  return {
    thirdPartyCa: thirdPartyCa!,
    clientCertificate: { certificate: certificate!, key: key! },
  };
}
