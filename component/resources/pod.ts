import type { EgressProxyArgs } from "../args/egress-proxy";
import type { ResourceQuantities, Resources } from "../args/pods";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Container = k8s.types.input.core.v1.Container;

/** How long Pulumi waits for pods: by then they have shown why they don't come up. */
export const ROLLOUT = { create: "5m", update: "10m" };

/** The user and group `nonroot` of distroless images; no image needs to know it. */
const NON_ROOT = 65_532;

/** What every pod of this package keeps to: Pod Security "restricted", and nothing that it does not use. */
export function restrictedPod(
  spec: Omit<PodSpec, "containers">,
  container: Container,
  capabilities: "NET_BIND_SERVICE"[] = [],
): PodSpec {
  return {
    automountServiceAccountToken: false,
    // Without it 1,000 upstream Services would be 7,000 environment variables.
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
        // A container that exits leaves its last lines where `pulumi up` shows them.
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

/** Ready is asked often, so that roll-outs are quick; alive seldom, and with patience. */
export function probes(
  ready: { path: string; port: string },
  live: { path: string; port: string },
): Pick<Container, "readinessProbe" | "livenessProbe"> {
  return {
    readinessProbe: { httpGet: ready, periodSeconds: 2, failureThreshold: 2 },
    livenessProbe: { httpGet: live, initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 5 },
  };
}

/** Spread over nodes where it can be; never a reason not to start. */
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

/** Where pods run and with which Secrets they pull, as the user says. */
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

/** A container's resources: the user's where given, otherwise the default. */
export function quantities(
  given: Resources | undefined,
  byDefault: { requests: Required<ResourceQuantities>; limits: Required<ResourceQuantities> },
): { requests: Record<string, pulumi.Input<string>>; limits: Record<string, pulumi.Input<string>> } {
  return {
    requests: { ...byDefault.requests, ...given?.requests },
    limits: { ...byDefault.limits, ...given?.limits },
  };
}
