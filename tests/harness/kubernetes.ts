import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Registered } from "./monitor";

/** A Kubernetes object, as far as the harness looks into it. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    annotations?: Record<string, string>;
    [key: string]: unknown;
  };
  spec?: Record<string, unknown>;
  [key: string]: unknown;
}

/** Runs kubectl against one cluster; rejects with its own message. */
export type Kubectl = (args: string[], stdin?: string) => Promise<string>;

export function kubectlFor(executable: string, kubeconfig: string): Kubectl {
  return (args, stdin) =>
    new Promise((resolve, reject) => {
      const child = execFile(
        executable,
        [`--kubeconfig=${kubeconfig}`, ...args],
        { maxBuffer: 64 << 20 },
        (error, stdout, stderr) => {
          if (error) reject(new Error(`kubectl ${args.join(" ")}: ${stderr.trim() || error.message}`));
          else resolve(stdout);
        },
      );
      child.stdin?.end(stdin);
    });
}

/** What pulumi-kubernetes waits for is bounded by these seconds; its own bound is 600. */
const PATIENCE = 240;

/**
 * Creates or updates an object as pulumi-kubernetes does: server-side apply with a field manager of its own,
 * then waits for what it would wait for.
 */
export async function applyObject(kubectl: Kubectl, { inputs, name }: Registered): Promise<KubernetesObject> {
  const manager = `pulumi-kubernetes-${name}`;
  const text = await kubectl(
    ["apply", "--server-side", `--field-manager=${manager}`, "-f", "-", "-o", "json"],
    JSON.stringify(named(inputs, name)),
  );
  const applied = JSON.parse(text) as KubernetesObject;
  await awaitReady(kubectl, applied);
  return JSON.parse(await kubectl(["get", ...reference(applied), "-o", "json"])) as KubernetesObject;
}

/** An object without a name gets one from Pulumi: its own name and eight digits, others with other content. */
function named(inputs: Record<string, unknown>, name: string): object {
  const metadata = inputs.metadata as KubernetesObject["metadata"];
  if (metadata.name) return inputs;
  const digits = createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 8);
  return { ...inputs, metadata: { ...metadata, name: `${name}-${digits}` } };
}

const DELETE = ["delete", "--ignore-not-found", `--timeout=${PATIENCE}s`] as const;

/**
 * Deletes objects in this order, and waits for each until it is gone, finalizers included. Those that nothing holds
 * share one command, as starting kubectl takes longer than deleting them.
 *
 * @param awaitNamespaces Whether also for namespaces, and so for their pods to end.
 */
export async function deleteObjects(
  kubectl: Kubectl,
  objects: readonly KubernetesObject[],
  onDeleted: (object: KubernetesObject) => void,
  awaitNamespaces = true,
): Promise<void> {
  for (const batch of batchesOf(objects)) {
    const wait = awaitNamespaces || batch[0]!.kind !== "Namespace";
    await kubectl(
      [...DELETE, `--wait=${wait}`, "-f", "-"],
      batch.map((object) => JSON.stringify(object)).join("\n---\n"),
    );
    batch.forEach(onDeleted);
  }
}

/** Kinds whose deletion is waited for before the next: pods end with them, or a finalizer holds them. */
const AWAITED: ReadonlySet<string> = new Set(["ConfigMap", "Deployment", "Namespace"]);

function batchesOf(objects: readonly KubernetesObject[]): KubernetesObject[][] {
  const batches: KubernetesObject[][] = [];
  for (const object of objects) {
    const last = batches.at(-1);
    if (last && !AWAITED.has(object.kind) && !AWAITED.has(last[0]!.kind)) last.push(object);
    else batches.push([object]);
  }
  return batches;
}

function reference({ apiVersion, kind, metadata }: KubernetesObject): string[] {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  const resource = group ? `${kind}.${version!}.${group}` : kind;
  return [resource, metadata.name, ...(metadata.namespace ? ["-n", metadata.namespace] : [])];
}

async function awaitReady(kubectl: Kubectl, object: KubernetesObject): Promise<void> {
  if (object.kind === "Deployment") await awaitRollout(kubectl, object);
  const condition = object.metadata.annotations?.["pulumi.com/waitFor"];
  if (condition)
    await kubectl(["wait", ...reference(object), `--for=${condition}`, `--timeout=${PATIENCE}s`]);
}

/** Like Pulumi, ends early with a container's last words when it exits again and again. */
async function awaitRollout(kubectl: Kubectl, deployment: KubernetesObject): Promise<void> {
  const end = Date.now() + PATIENCE * 1_000;
  for (;;) {
    const { metadata, spec, status } = JSON.parse(
      await kubectl(["get", ...reference(deployment), "-o", "json"]),
    ) as DeploymentState;
    const wanted = spec.replicas;
    if (
      status.observedGeneration === metadata.generation &&
      status.updatedReplicas === wanted &&
      status.availableReplicas === wanted &&
      status.replicas === wanted
    ) {
      return;
    }
    const reason = await crashReason(kubectl, deployment);
    if (reason || Date.now() > end) {
      throw new Error(
        `Deployment ${metadata.namespace}/${metadata.name} is not ready: ${reason ?? `waited ${PATIENCE} s`}`,
      );
    }
    await sleep(250);
  }
}

interface DeploymentState {
  metadata: { name: string; namespace: string; generation: number };
  spec: { replicas: number; selector: { matchLabels: Record<string, string> } };
  status: {
    observedGeneration?: number;
    updatedReplicas?: number;
    availableReplicas?: number;
    replicas?: number;
  };
}

interface PodList {
  items: {
    metadata: { name: string };
    status: {
      containerStatuses?: {
        name: string;
        restartCount: number;
        lastState?: { terminated?: { exitCode: number; message?: string } };
      }[];
    };
  }[];
}

/** Restarts after which a container is taken to exit for good. */
const RESTARTS = 1;

async function crashReason(
  kubectl: Kubectl,
  { spec, metadata }: KubernetesObject,
): Promise<string | undefined> {
  const labels = (spec as unknown as DeploymentState["spec"]).selector.matchLabels;
  const query = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const pods = JSON.parse(
    await kubectl(["get", "pods", "-n", metadata.namespace!, "-l", query.join(","), "-o", "json"]),
  ) as PodList;
  for (const pod of pods.items) {
    for (const container of pod.status.containerStatuses ?? []) {
      const last = container.lastState?.terminated;
      if (container.restartCount >= RESTARTS && last) {
        return `container ${container.name} of pod ${pod.metadata.name} exited ${last.exitCode}: ${last.message ?? ""}`;
      }
    }
  }
  return undefined;
}
