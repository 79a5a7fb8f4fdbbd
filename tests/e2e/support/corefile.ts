import type { Kubectl } from "../../harness/kubernetes";

interface ConfigMap {
  data: { Corefile: string };
  metadata: { managedFields: unknown[]; resourceVersion: string; annotations?: Record<string, string> };
}

/** What must be as before once a stub domain is out again. */
export interface CorefileState {
  readonly corefile: string;
  /** As JSON: who owns what, since when. */
  readonly managedFields: string;
}

export async function readCorefile(kubectl: Kubectl): Promise<CorefileState> {
  const text = await kubectl([
    "get",
    "configmap",
    "coredns",
    "-n",
    "kube-system",
    "--show-managed-fields",
    "-o",
    "json",
  ]);
  const { data, metadata } = JSON.parse(text) as ConfigMap;
  return { corefile: data.Corefile, managedFields: JSON.stringify(metadata.managedFields) };
}

/** Applies a Corefile as the distribution would, with its own field manager; conflicts are errors. */
export async function applyCorefile(
  kubectl: Kubectl,
  corefile: string,
  { manager, force = false }: { manager: string; force?: boolean },
): Promise<void> {
  const object = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "coredns", namespace: "kube-system" },
    data: { Corefile: corefile },
  };
  await kubectl(
    [
      "apply",
      "--server-side",
      `--field-manager=${manager}`,
      ...(force ? ["--force-conflicts"] : []),
      "-f",
      "-",
    ],
    JSON.stringify(object),
  );
}
