import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import * as addresses from "./addresses";
import type { Artifacts } from "./artifacts";
import { installPrograms } from "./artifacts";
import type { Cluster } from "./cluster";
import { apiServer } from "./daemons/api-server";
import { containerd } from "./daemons/containerd";
import { controllerManager, scheduler } from "./daemons/controllers";
import { docker, dockerHost } from "./daemons/docker";
import { etcd } from "./daemons/etcd";
import { internetDns, internetHostsFile } from "./daemons/internet-dns";
import { kubelet } from "./daemons/kubelet";
import { kubeProxy } from "./daemons/kube-proxy";
import { networkPolicies } from "./daemons/network-policies";
import { registry } from "./daemons/registry";
import { controlUrl, thirdParties } from "./daemons/third-parties";
import { push, reference } from "./images/push";
import type { Families } from "./families";
import { familiesOf, inUrl, networksOf } from "./families";
import type { Instance } from "./instance";
import { apply, kubectl } from "./kubectl";
import { coreDnsManifests } from "./manifests/core-dns";
import { policiesWanted } from "./policies";
import { provePolicies } from "./policy-proof";
import { createClusterPki } from "./pki/cluster-pki";
import { writeKubeconfigs } from "./pki/kubeconfig";
import { createCgroups } from "./sandbox/cgroups";
import type { Daemon, RunningDaemon } from "./sandbox/daemon";
import { startDaemon } from "./sandbox/daemon";
import { entering, launchNamespaces, openNamespaces } from "./sandbox/namespaces";
import { processId } from "./sandbox/process-id";
import { writeState } from "./state";
import type { ThirdPartyCertificates } from "./third-parties/certificates";
import { createThirdPartyCertificates } from "./third-parties/certificates";

/** Starts all of the cluster in its directory, which exists and is empty, and waits until pods can run. */
export async function start(
  instance: Instance,
  families: Families,
  artifacts: Artifacts,
  progress: (line: string) => void,
): Promise<Cluster> {
  const { directory, cable, logs, name: cgroup } = instance;
  const [first, ...others] = familiesOf(families);
  const nodeIp = cable[first].nodeIp;
  const nodeIps = [nodeIp, ...others.map((family) => cable[family].nodeIp)] as const;
  const starter = processId(process.pid);
  const policies = policiesWanted() ? "enforced" : "off";
  await Promise.all([logs, join(directory, "tmp")].map((path) => mkdir(path, { recursive: true })));
  await installPrograms(artifacts, join(directory, "bin"));

  progress("making namespaces and certificates");
  const holder = launchNamespaces(instance, families, policies);
  // At once: an interrupted start must not leave what nobody knows of.
  await writeState(instance, { starter, holder, daemons: [] });
  const [pki, certificates] = await Promise.all([
    createClusterPki(join(directory, "pki"), families, nodeIps),
    createThirdPartyCertificates(join(directory, "third-parties")),
    createCgroups(cgroup),
    openNamespaces(instance, families, holder),
  ]);
  const configs = await writeKubeconfigs(directory, pki, nodeIp);

  const daemons: RunningDaemon[] = [];
  const launch = async (daemon: Daemon | Promise<Daemon>): Promise<void> => {
    const running = await startDaemon(await daemon, { holder, directory, logs });
    progress(`${running.name} is ready`);
    daemons.push(running);
  };

  const { images } = artifacts;
  const registryUrl = `http://${inUrl(nodeIp)}:${addresses.REGISTRY_PORT}`;
  const admin = { kubectl: artifacts.kubectl, kubeconfig: configs.admin };
  const node = `node/${addresses.NODE_NAME}`;

  // What each part waits for, and nothing more.
  const runtime = launch(containerd(directory, families, reference(images.pause)));
  const engine = runtime.then(() => launch(docker(directory, cgroup)));
  const imagesPushed = launch(registry(directory, nodeIp)).then(() =>
    Promise.all(Object.values(images).map((image) => push(image, registryUrl))),
  );
  const api = launch(etcd(directory, nodeIp)).then(() => launch(apiServer(directory, families, nodeIp, pki)));
  const controllers = api.then(() =>
    Promise.all([
      launch(controllerManager(directory, families, nodeIp, pki, configs)),
      launch(scheduler(directory, nodeIp, configs)),
      launch(kubeProxy(directory, families, nodeIp, configs)),
      ...(policies === "enforced" ? [launch(networkPolicies(directory, nodeIp, configs))] : []),
    ]),
  );
  const nodeReady = Promise.all([api, runtime]).then(async () => {
    await launch(kubelet(directory, families, nodeIps, cgroup, pki, configs));
    await kubectl(admin, ["wait", "--for=create", node, "--timeout=60s"]);
    await kubectl(admin, ["wait", "--for=condition=Ready", node, "--timeout=60s"]);
  });
  const dnsReady = Promise.all([nodeReady, controllers, imagesPushed]).then(async () => {
    // Not earlier: the scheduler tries a pod that has found no node again only seconds later.
    await apply(admin, coreDnsManifests(reference(images.coredns), families), "cluster-addons");
    const rollout = ["rollout", "status", "deployment/coredns", "--timeout=120s"];
    await kubectl(admin, ["--namespace=kube-system", ...rollout]);
  });
  const policiesProven = Promise.all([nodeReady, controllers, imagesPushed]).then(async () => {
    if (policies === "enforced") await provePolicies(admin, reference(images.node), nodeIps);
  });
  const internet = [
    internetDns(directory, families, nodeIp),
    thirdParties(directory, families, nodeIp, certificates),
  ].map(launch);
  await Promise.all([engine, dnsReady, policiesProven, ...internet]);

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
    kubernetes: artifacts.kubernetes,
    families,
    nodeIps,
    policies,
    clusterDomain: addresses.CLUSTER_DOMAIN,
    clusterDnsIp: networksOf(families)[0].clusterDnsIp,
    thirdParties: { controlUrl: controlUrl(nodeIp), hostsFile: internetHostsFile(directory) },
    thirdPartyCidrs: networksOf(families).map(({ internetCidr }) => internetCidr),
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
