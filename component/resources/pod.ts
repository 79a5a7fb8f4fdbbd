import type { EgressProxyArgs } from "../args/egress-proxy";
import type { ResourceQuantities, Resources } from "../args/pods";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Container = k8s.types.input.core.v1.Container;

/** How long Pulumi waits for pods; by then they have shown why they don't start. */
export const ROLLOUT = { create: "5m", update: "10m" };

/** The user and group `nonroot` of distroless images; it need not exist in an image. */
const NON_ROOT = 65_532;

/** Settings of every pod of this package: Pod Security "restricted", and no feature that the pod does not use. */
export function restrictedPod(
  spec: Omit<PodSpec, "containers">,
  container: Container,
  capabilities: "NET_BIND_SERVICE"[] = [],
): PodSpec {
  return {
    automountServiceAccountToken: false,
    // Otherwise 1,000 upstream Services would be 7,000 environment variables.
    enableServiceLinks: false,
    ...spec,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: NON_ROOT,
      runAsGroup: NON_ROOT,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        ...container,
        // `pulumi up` then shows the last log lines of a container that exits.
        terminationMessagePolicy: "FallbackToLogsOnError",
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"], ...(capabilities.length > 0 && { add: capabilities }) },
          readOnlyRootFilesystem: true,
        },
      },
    ],
  };
}

/** Readiness is checked often, so that roll-outs are quick; liveness rarely, and with more tolerance. */
export function probes(
  ready: { path: string; port: string },
  live: { path: string; port: string },
): Pick<Container, "readinessProbe" | "livenessProbe"> {
  return {
    readinessProbe: { httpGet: ready, periodSeconds: 2, failureThreshold: 2 },
    livenessProbe: { httpGet: live, initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 5 },
  };
}

/** Spreads pods over nodes if possible; it never prevents a pod from starting. */
export function spread(matchLabels: Record<string, string>): PodSpec["topologySpreadConstraints"] {
  return [
    {
      maxSkew: 1,
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels },
    },
  ];
}

/** Where pods run and with which Secrets they pull images, from the arguments. */
export function scheduling(
  args: EgressProxyArgs,
): Pick<PodSpec, "nodeSelector" | "tolerations" | "priorityClassName" | "imagePullSecrets"> {
  return {
    ...(args.nodeSelector && { nodeSelector: args.nodeSelector }),
    ...(args.tolerations && { tolerations: args.tolerations }),
    ...(args.priorityClassName && { priorityClassName: args.priorityClassName }),
    ...imagePullSecrets(args.imagePullSecrets),
  };
}

/** References to Secrets by their names. */
function imagePullSecrets(names: EgressProxyArgs["imagePullSecrets"]): Pick<PodSpec, "imagePullSecrets"> {
  if (!names) return {};
  return { imagePullSecrets: pulumi.output(names).apply((list) => list.map((name) => ({ name }))) };
}

/** A container's resources: the user's if given, otherwise the default. */
export function quantities(
  given: Resources | undefined,
  byDefault: { requests: Required<ResourceQuantities>; limits: Required<ResourceQuantities> },
): { requests: Record<string, pulumi.Input<string>>; limits: Record<string, pulumi.Input<string>> } {
  return {
    requests: { ...byDefault.requests, ...given?.requests },
    limits: { ...byDefault.limits, ...given?.limits },
  };
}
