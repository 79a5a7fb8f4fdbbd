import { after, before } from "node:test";
import * as docker from "@pulumi/docker";
import * as k8s from "@pulumi/kubernetes";
import type { EgressProxyArgs } from "../../../index";
import type { Cluster } from "../../cluster";
import { sharedCluster } from "../../cluster/shared";
import { TestStacks } from "../../engine/stacks";

/** A cluster, and stacks on the Pulumi engine that deploy to it. */
export interface EngineScene {
  readonly cluster: Cluster;
  readonly stacks: TestStacks;
}

/** The scene of one `describe`, as hooks around its tests; what the stacks deployed is destroyed at the end. */
export function engineScene(): () => EngineScene {
  const cluster = sharedCluster();
  let stacks: TestStacks | undefined;
  before(async () => {
    stacks = await TestStacks.create({ DOCKER_HOST: cluster().dockerHost });
  });
  after(() => stacks?.remove());
  return () => ({ cluster: cluster(), stacks: stacks! });
}

/** Providers for the cluster and its Docker engine; inside a program. */
export function providersFor(
  cluster: Cluster,
  toCluster: k8s.ProviderArgs = { kubeconfig: cluster.kubeconfig },
): { kubernetes: k8s.Provider; docker: docker.Provider } {
  return {
    kubernetes: new k8s.Provider("cluster", toCluster),
    docker: new docker.Provider("engine", { host: cluster.dockerHost }),
  };
}

/** Arguments that deploy on the cluster, whose third parties have a CA and addresses of their own. */
export function argumentsFor(cluster: Cluster, ...hosts: string[]): EgressProxyArgs {
  return {
    upstreams: hosts.map((host) => ({
      host,
      tls: { caCertificates: cluster.thirdPartyCa },
      allowedCidrs: ["198.51.100.0/24"],
    })),
    build: { repository: `${cluster.registry}/k8s-egress-engine`, baseImage: cluster.images.node },
    mesh: { mode: "none" },
    drain: "5s",
    dns: { image: cluster.images.coredns },
  };
}
