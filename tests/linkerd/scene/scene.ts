import { randomBytes } from "node:crypto";
import type { EgressProxyArgs } from "../../../index";
import { DEFAULT_IMAGE } from "../../../component/resources/egress-dns";
import type { ClientHost, ClientPodOptions } from "../../cluster";
import { type AppPod, startAppPod } from "../../e2e/support/pod";
import { type Kubectl, kubectlFor, type KubernetesObject } from "../../harness/kubernetes";
import { type Changes, Stack } from "../../harness/stack";
import { findLinkerd } from "../target/linkerd";
import type { Target } from "../target/target";
import { deploy, type Surroundings } from "./program";
import { internet, NAMES_SERVICE } from "./third-parties";

/** Namespaces of one run, by the part that they play. */
export type Namespaces = Readonly<
  Record<"proxy" | "shop" | "reports" | "monitoring" | "thirdParties", string>
>;

/** A run's own third parties, clients and EgressProxy on a cluster that others use too. */
export interface Scene extends Surroundings {
  readonly kubectl: Kubectl;
  readonly target: Target;
  readonly namespaces: Namespaces;
  /** Deploys the EgressProxy; an `up` with other arguments changes it. */
  readonly up: (
    args: Omit<EgressProxyArgs, "build" | "image">,
  ) => Promise<{ urls: Record<string, string>; changes: Changes }>;
  /** A further stack, which is destroyed at the end. */
  readonly stack: (project: string) => Stack;
  /** Starts an application's pod, with a sidecar unless `meshed` is false. Needs an `up` before. */
  readonly client: (options: ClientPodOptions & { meshed?: boolean }) => Promise<AppPod>;
  readonly apply: (...objects: object[]) => Promise<void>;
  /** Objects of the scene, as JSON. */
  readonly list: <T>(kind: string, namespace: string, ...options: string[]) => Promise<T[]>;
  /** Destroys the EgressProxy and further stacks. */
  readonly destroy: () => Promise<void>;
  /** That, and all else that the run has made. */
  readonly remove: () => Promise<void>;
}

/** Makes the namespaces, and what stands for the Internet. */
export async function startScene(target: Target): Promise<Scene> {
  const kubectl = kubectlFor(target.kubectl, target.kubeconfig);
  const linkerd = (await findLinkerd(kubectl))!;
  const id = randomBytes(2).toString("hex");
  const name = `egress-${id}`;
  const namespaces = namespacesOf(`k8s-egress-${id}`);
  const dnsImage = target.images.dns ?? DEFAULT_IMAGE;
  const network = await internet(namespaces.thirdParties, dnsImage);
  const stackTarget = { kubectl, dockerHost: target.images.dockerHost };
  const main = new Stack(stackTarget);
  const further: Stack[] = [];
  let image: string | undefined;

  const apply = async (...objects: object[]): Promise<void> => {
    const list = { apiVersion: "v1", kind: "List", items: objects };
    await kubectl(["apply", "--server-side", "--field-manager=tests", "-f", "-"], JSON.stringify(list));
  };
  const scene: Scene = {
    kubectl,
    target,
    linkerd,
    name,
    namespaces,
    dnsAddress: "",
    thirdPartyCa: network.authority,
    apply,
    async up(args) {
      const { proxy, repository = "", base } = target.images;
      const made = proxy ? { image: proxy } : { build: { repository, baseImage: base } };
      const dns = args.dns?.mode === "none" ? args.dns : { ...args.dns, image: target.images.dns };
      const { result, changes } = await main.up(() => {
        const { urls, image: digest } = deploy(scene, { ...args, ...made, dns });
        return { urls, digest };
      });
      if (image === undefined) {
        image = result.digest;
        await apply(network.pod(image));
        await ready("pod", "third-parties", namespaces.thirdParties);
      }
      return { urls: result.urls, changes };
    },
    stack(project) {
      const stack = new Stack(stackTarget, project);
      further.push(stack);
      return stack;
    },
    client({ meshed = true, annotations, ...options }) {
      const host: ClientHost = {
        kubectl: target.kubectl,
        kubeconfig: target.kubeconfig,
        thirdPartyCa: network.authority,
        images: { node: image! },
      };
      const inject = { "linkerd.io/inject": meshed ? "enabled" : "disabled" };
      return startAppPod(host, options.namespace, { ...options, annotations: { ...inject, ...annotations } });
    },
    async list<T>(kind: string, namespace: string, ...options: string[]): Promise<T[]> {
      const text = await kubectl(["get", kind, "-n", namespace, ...options, "-o", "json"]);
      return (JSON.parse(text) as { items: T[] }).items;
    },
    async destroy() {
      for (const stack of [...further, main].reverse()) await stack.destroy();
    },
    async remove() {
      try {
        await scene.destroy();
      } finally {
        const names: string[] = Object.values({ ...namespaces });
        await kubectl(["delete", "namespace", ...names, "--ignore-not-found", "--timeout=180s"]);
      }
    },
  };
  const ready = (kind: string, object: string, namespace: string) =>
    kind === "pod"
      ? kubectl(["wait", "-n", namespace, `pod/${object}`, "--for=condition=Ready", "--timeout=120s"])
      : kubectl(["rollout", "status", "-n", namespace, `deployment/${object}`, "--timeout=120s"]);

  try {
    const own = Object.values(namespaces).filter((one) => one !== namespaces.proxy);
    await apply(...own.map(namespaceObject));
    await apply(...network.before);
    await ready("deployment", "names", namespaces.thirdParties);
    const service = ["get", "service", NAMES_SERVICE, "-n", namespaces.thirdParties];
    const dnsAddress = await kubectl([...service, "-o", "jsonpath={.spec.clusterIP}"]);
    return Object.assign(scene, { dnsAddress });
  } catch (error) {
    await scene.remove();
    throw error;
  }
}

function namespacesOf(prefix: string): Namespaces {
  return {
    proxy: `${prefix}-proxy`,
    shop: `${prefix}-shop`,
    reports: `${prefix}-reports`,
    monitoring: `${prefix}-monitoring`,
    thirdParties: `${prefix}-third-parties`,
  };
}

function namespaceObject(name: string): KubernetesObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}
