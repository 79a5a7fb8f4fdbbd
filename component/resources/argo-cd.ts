import * as pulumi from "@pulumi/pulumi";

/** Waves, from the first; Argo CD begins one when all of the one before is healthy. */
const WAVES = { namespace: -2, configuration: -1, proxy: 0, dns: 1 } as const;

type Metadata = { annotations?: pulumi.Input<Record<string, pulumi.Input<string>>> } & Record<
  string,
  unknown
>;

/**
 * Adds Argo CD's annotations to a Kubernetes object of the component, from its Pulumi name and type.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#prune-last
 */
export function argoCdAnnotations(name: string): pulumi.ResourceTransformation {
  return ({ type, name: child, props, opts }) => {
    if (!type.startsWith("kubernetes:")) return undefined;
    const { metadata, ...rest } = props as { metadata: Metadata };
    const kind = type.split(":").at(-1)!;
    const own = {
      "argocd.argoproj.io/sync-wave": String(waveOf(kind, child === `${name}-dns`)),
      ...(isMounted(kind) ? { "argocd.argoproj.io/sync-options": "PruneLast=true" } : {}),
    };
    const annotations = pulumi.output(metadata.annotations).apply((others) => ({ ...others, ...own }));
    return { props: { ...rest, metadata: { ...metadata, annotations } }, opts };
  };
}

function waveOf(kind: string, isDns: boolean): number {
  if (kind === "Namespace") return WAVES.namespace;
  if (kind !== "Deployment") return WAVES.configuration;
  // Names resolve only when the proxy serves.
  return isDns ? WAVES.dns : WAVES.proxy;
}

function isMounted(kind: string): boolean {
  return kind === "ConfigMap" || kind === "Secret";
}
