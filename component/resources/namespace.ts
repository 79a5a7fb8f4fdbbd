import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Context, labels } from "./context";

/** The namespace of everything but the controller, unless it exists already. */
export function createNamespace(context: Context): k8s.core.v1.Namespace | undefined {
  if (!context.settings.createNamespace) return undefined;
  return new k8s.core.v1.Namespace(
    `${context.name}-namespace`,
    { metadata: { name: context.settings.namespace, labels: labels(context, "egress-proxy") } },
    { parent: context.parent },
  );
}

/** The namespace's name; if the component creates the namespace, users of this value wait for that. */
export function namespaceName(
  context: Context,
  namespace: k8s.core.v1.Namespace | undefined,
): pulumi.Input<string> {
  return namespace?.metadata.name ?? context.settings.namespace;
}
