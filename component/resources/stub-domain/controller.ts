import { DnsMode } from "../../args/dns";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  ANCHOR_LABEL,
  ANCHOR_LABEL_VALUE,
  WAIT_FOR_ANNOTATION,
  waitForApplied,
} from "../../../proxy-image/src/contract/stub-domain/anchor";
import {
  GATE_LABEL,
  GATE_LABEL_VALUE,
  removalGate,
} from "../../../proxy-image/src/contract/stub-domain/removal-gate";
import { stubBlock } from "../../../proxy-image/src/contract/stub-domain/block";
import { isNodeLocal, type TargetRef } from "../../../proxy-image/src/contract/stub-domain/target-ref";
import { sha256 } from "../../names";
import { type Context, labels } from "../context";
import type { EgressDns } from "../egress-dns";
import { createControllerNetworkPolicy } from "../network-policies";
import { ROLLOUT, probes, quantities, restrictedPod, scheduling } from "../pod";
import { type StubDomainPlace, stubDomainPlace } from "./place";
import { createStubDomainPolicy } from "./admission-policy";
import { grantRights } from "./rights";

const ADMIN_PORT = 8081;

const RESOURCES = {
  requests: { cpu: "10m", memory: "112Mi" },
  limits: { cpu: "200m", memory: "160Mi" },
};

/**
 * How long Pulumi waits for the stub domain: the controller's own time limit for the proof, 4 minutes, and as much
 * again for pods and kubelets.
 */
const WAIT = "8m";

/** How long Pulumi waits for a running controller to let the removal gate go, which takes seconds. */
const GATE_WAIT = "50s";

/** Stands for an address in the Corefile, where CoreDNS refuses it: it is none, and no file. */
const NO_ADDRESS = "CLUSTER-IP-OF-THE-SERVICE";

/**
 * The server block for users who edit the cluster's Corefile by hand. Where the Kubernetes provider renders YAML and
 * creates nothing, the Service has no address, so the block has a placeholder, and a warning says what to put there.
 */
export function stubDomainText(
  { settings, names, parent }: Context,
  { service }: EgressDns,
): pulumi.Output<string> {
  return service.spec.apply((spec) => {
    // Typed as always there; the provider's renderYamlToDirectory gives what it was given, and so does a preview.
    const ip = spec.clusterIP as string | undefined;
    if (ip === undefined && settings.dns === DnsMode.Manual && !pulumi.runtime.isDryRun()) {
      void pulumi.log.warn(
        `stubDomain: ${NO_ADDRESS} stands for the address of Service ${settings.namespace}/${names.dns}, ` +
          "which only the cluster knows; put there what this prints: kubectl get service " +
          `-n ${settings.namespace} ${names.dns} -o jsonpath={.spec.clusterIP}`,
        parent,
      );
    }
    return stubBlock({ domain: settings.domain, port: 53, forwardTo: ip ?? NO_ADDRESS });
  });
}

/** Creates a controller for each target, in a namespace of their own, because nothing else there needs rights. */
export function createStubDomains(context: Context, image: pulumi.Input<string>, dns: EgressDns): void {
  const namespace = controllerNamespace(context);
  createControllerNetworkPolicy(context, namespace, ADMIN_PORT);
  for (const target of context.settings.dnsTargets) {
    createStubDomain(context, stubDomainPlace(context, target, namespace), image, dns);
  }
}

/**
 * Creates the controller that merges the stub domain into one target, and its anchor, which Pulumi waits for: at
 * creation until the stub domain serves, at deletion until it has been removed.
 *
 * The names of all objects that the controller needs contain the target. After a change of target, or of a namespace,
 * the previous controller therefore keeps all its rights until its anchor is gone: Pulumi deletes objects whose names
 * have changed at the very end, and the anchor first.
 */
function createStubDomain(
  context: Context,
  place: StubDomainPlace,
  image: pulumi.Input<string>,
  dns: EgressDns,
): void {
  const { names, settings, parent } = context;
  const object = { name: place.name, labels: place.labels };
  const metadata = { ...object, namespace: place.namespace };
  const account = new k8s.core.v1.ServiceAccount(
    place.child,
    { metadata, automountServiceAccountToken: false },
    { parent },
  );
  const rights = grantRights(context, place, account, dns);
  const policy = createStubDomainPolicy(context, place);

  const { kind, key, corefile, namespace, name } = place.target;
  const service = isNodeLocal(kind) ? undefined : settings.clusterDnsService;
  const spec = {
    domain: settings.domain,
    dnsService: `${settings.namespace}/${names.dns}`,
    clusterDomain: settings.clusterDomain,
    target: `${namespace}/${name}`,
    ...(key === undefined ? {} : { key }),
    ...(corefile === undefined ? {} : { corefile }),
    ...(service === undefined ? {} : { service }),
  };
  const specHash = sha256(JSON.stringify(spec)).slice(0, 16);
  const controller = new k8s.apps.v1.Deployment(
    place.child,
    {
      metadata,
      spec: {
        replicas: 1,
        strategy: { type: "Recreate" },
        selector: { matchLabels: place.selector },
        template: {
          metadata: { labels: object.labels, annotations: { "linkerd.io/inject": "disabled" } },
          spec: restrictedPod(
            {
              ...scheduling(context.args),
              serviceAccountName: account.metadata.name,
              automountServiceAccountToken: true,
              terminationGracePeriodSeconds: 30,
            },
            {
              name: "stub-domain",
              image,
              args: [
                "/app/stub-domain.js",
                `--domain=${spec.domain}`,
                `--dns-service=${spec.dnsService}`,
                `--cluster-domain=${spec.clusterDomain}`,
                `--target=${spec.target}`,
                `--target-kind=${kind!}`,
                ...(key === undefined ? [] : [`--target-key=${key}`]),
                ...(corefile === undefined ? [] : [`--target-corefile=${corefile}`]),
                ...(service === undefined ? [] : [`--cluster-dns-service=${service}`]),
                `--anchor=${place.anchor.namespace}/${place.anchor.name}`,
                ...(isBehindCache(context, kind) ? ["--behind-cache"] : []),
                `--owner=${ownerOf(context)}`,
                `--spec-hash=${specHash}`,
                `--port=${ADMIN_PORT}`,
              ],
              ports: [{ name: "admin", containerPort: ADMIN_PORT }],
              resources: quantities(undefined, RESOURCES),
              ...probes({ path: "/ready", port: "admin" }, { path: "/live", port: "admin" }),
            },
          ),
        },
      },
    },
    { parent, dependsOn: [...rights, policy, dns.deployment], customTimeouts: ROLLOUT },
  );
  const anchor = new k8s.core.v1.ConfigMap(
    place.child,
    {
      metadata: {
        name: place.anchor.name,
        namespace: place.namespace,
        labels: pulumi
          .output(object.labels)
          .apply((ours) => ({ ...ours, [ANCHOR_LABEL]: ANCHOR_LABEL_VALUE })),
        annotations: { [WAIT_FOR_ANNOTATION]: waitForApplied(specHash) },
      },
    },
    {
      parent,
      dependsOn: [controller],
      deleteBeforeReplace: true,
      customTimeouts: { create: WAIT, update: WAIT, delete: WAIT },
    },
  );
  const gate = removalGate(place);
  new k8s.core.v1.ConfigMap(
    `${place.child}-removal-gate`,
    {
      metadata: {
        ...gate,
        labels: pulumi.output(object.labels).apply((ours) => ({ ...ours, [GATE_LABEL]: GATE_LABEL_VALUE })),
      },
    },
    // Created after the anchor, it is deleted before it. The controller is named too: at a hand-over the old anchor is
    // gone when Pulumi orders the last deletions, which heeds direct dependencies only, and the old controller has to
    // let the old gate go.
    { parent, dependsOn: [anchor, controller], customTimeouts: { delete: GATE_WAIT } },
  );
}

function isBehindCache({ settings }: Context, own: TargetRef["kind"]): boolean {
  return !isNodeLocal(own) && settings.dnsTargets.some(({ kind }) => isNodeLocal(kind));
}

/**
 * Stays the same when the component's namespace, target, name or parent changes, so that a controller recognises the
 * one before it.
 */
function ownerOf({ instance }: Context): string {
  const urn = `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::k8s-egress:index:EgressProxy::${instance}`;
  return sha256(urn).slice(0, 8);
}

/** The user's own namespace, or a new one for the controller only. */
function controllerNamespace(context: Context): pulumi.Input<string> {
  if (context.settings.controllerNamespace !== undefined) return context.settings.controllerNamespace;
  const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
  return new k8s.core.v1.Namespace(
    `${context.name}-stub-domain`,
    {
      metadata: {
        name: context.names.stubDomain,
        labels: pulumi
          .output(labels(context, "egress-stub-domain"))
          .apply((ours) => ({ ...ours, ...restricted })),
      },
    },
    { parent: context.parent },
  ).metadata.name;
}
