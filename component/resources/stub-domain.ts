import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  ANCHOR_LABEL,
  ANCHOR_LABEL_VALUE,
  WAIT_FOR_ANNOTATION,
  waitForApplied,
} from "../../proxy-image/src/stubdomain/anchor";
import { stubBlock } from "../../proxy-image/src/stubdomain/corefile/block";
import { sha256 } from "../names";
import { type Context, labels, selector } from "./context";
import type { EgressDns } from "./egress-dns";
import { createControllerNetworkPolicy } from "./network-policies";
import { ROLLOUT, probes, quantities, restrictedPod, scheduling } from "./pod";
import { createStubDomainPolicy } from "./stub-domain-policy";

/** Where most clusters keep the Corefile of their DNS. */
const TARGET = { namespace: "kube-system", name: "coredns" };

const ADMIN_PORT = 8081;

const RESOURCES = {
  requests: { cpu: "10m", memory: "112Mi" },
  limits: { cpu: "200m", memory: "160Mi" },
};

/**
 * How long Pulumi waits for the stub domain: the controller's own limit for the proof that it serves, 4 minutes,
 * and as much again for pods and kubelets.
 */
const WAIT = "8m";

/** The server block for whoever edits the cluster's Corefile by hand. */
export function stubDomainText({ settings }: Context, { service }: EgressDns): pulumi.Output<string> {
  return service.spec.clusterIP.apply((ip) =>
    stubBlock({ domain: settings.domain, port: 53, forwardTo: ip }),
  );
}

/**
 * The controller that merges the stub domain into the cluster's DNS, and the anchor that waits for it: created,
 * when the stub domain serves; deleted, when it is out again. In a namespace of its own, because nothing else
 * there needs rights.
 */
export function createStubDomain(context: Context, image: pulumi.Input<string>, dns: EgressDns): void {
  const { name, names, settings, parent } = context;
  const object = { name: names.stubDomain, labels: labels(context, "egress-stub-domain") };
  const namespace = controllerNamespace(context);
  const metadata = { ...object, namespace };
  createControllerNetworkPolicy(context, namespace, ADMIN_PORT);
  const account = new k8s.core.v1.ServiceAccount(
    `${name}-stub-domain`,
    { metadata, automountServiceAccountToken: false },
    { parent },
  );
  // Its name holds the target: with another target it is another anchor, and the old one goes first.
  const anchor = `${names.instance}-${TARGET.namespace}-${TARGET.name}`;
  const rights = grantRights(context, account, anchor, dns);
  const ownNamespace = settings.controllerNamespace ?? names.stubDomain;
  const policy = createStubDomainPolicy(context, {
    account: { namespace: ownNamespace, name: names.stubDomain },
    anchor: { namespace: ownNamespace, name: anchor },
    target: TARGET,
    domain: settings.domain,
  });

  const spec = {
    domain: settings.domain,
    dnsService: `${settings.namespace}/${names.dns}`,
    clusterDomain: settings.clusterDomain,
    target: `${TARGET.namespace}/${TARGET.name}`,
  };
  const specHash = sha256(JSON.stringify(spec)).slice(0, 16);
  const controller = new k8s.apps.v1.Deployment(
    `${name}-stub-domain`,
    {
      metadata,
      spec: {
        replicas: 1,
        strategy: { type: "Recreate" },
        selector: { matchLabels: selector(context, "egress-stub-domain") },
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
                `--anchor=${ownNamespace}/${anchor}`,
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
  new k8s.core.v1.ConfigMap(
    `${name}-stub-domain`,
    {
      metadata: {
        name: anchor,
        namespace,
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
}

/** The user's own namespace, or one that holds nothing else. */
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

/** Least privilege: each object by its name, in the one namespace where it is. */
function grantRights(
  context: Context,
  account: k8s.core.v1.ServiceAccount,
  anchor: string,
  dns: EgressDns,
): pulumi.Resource[] {
  const grant = (
    suffix: string,
    namespace: pulumi.Input<string>,
    rules: k8s.types.input.rbac.v1.PolicyRule[],
  ): pulumi.Resource => {
    const metadata = {
      name: context.names.stubDomain,
      namespace,
      labels: labels(context, "egress-stub-domain"),
    };
    const options = { parent: context.parent };
    const role = new k8s.rbac.v1.Role(`${context.name}-stub-domain-${suffix}`, { metadata, rules }, options);
    return new k8s.rbac.v1.RoleBinding(
      `${context.name}-stub-domain-${suffix}`,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
        subjects: [
          { kind: "ServiceAccount", name: account.metadata.name, namespace: account.metadata.namespace },
        ],
      },
      options,
    );
  };
  return [
    grant("target", TARGET.namespace, [
      { apiGroups: [""], resources: ["configmaps"], resourceNames: [TARGET.name], verbs: ["get", "patch"] },
      // Whose answers prove that the stub domain serves.
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list"] },
    ]),
    grant("anchor", account.metadata.namespace, [
      { apiGroups: [""], resources: ["configmaps"], resourceNames: [anchor], verbs: ["get", "patch"] },
      { apiGroups: [""], resources: ["events"], verbs: ["create"] },
    ]),
    grant("dns", dns.service.metadata.namespace, [
      { apiGroups: [""], resources: ["services"], resourceNames: [context.names.dns], verbs: ["get"] },
    ]),
  ];
}
