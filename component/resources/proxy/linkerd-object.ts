import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Context, labels } from "../context";

/** API group of Linkerd's policies. */
export const LINKERD_POLICY = "policy.linkerd.io";

/** One of Linkerd's policies for the proxy's pods. */
export interface LinkerdObject {
  readonly kind: string;
  readonly version: string;
  /** Name of the Pulumi resource, after the component's. */
  readonly child: string;
  readonly name: string;
  readonly spec: object;
}

/** Creates it in the proxy's namespace. */
export function createLinkerdObject(
  context: Context,
  namespace: pulumi.Input<string>,
  { kind, version, child, name, spec }: LinkerdObject,
): pulumi.Resource {
  return new k8s.apiextensions.CustomResource(
    `${context.name}-${child}`,
    {
      apiVersion: `${LINKERD_POLICY}/${version}`,
      kind,
      metadata: { name, namespace, labels: labels(context, "egress-proxy") },
      spec,
    },
    { parent: context.parent },
  );
}
