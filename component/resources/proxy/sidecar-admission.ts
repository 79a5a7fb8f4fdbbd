import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { hasSidecar, INIT_CONTAINERS, IS_SIDECAR } from "../../sidecar-container";
import { type Context, labels, selector } from "../context";
import { explainDelay } from "./explain-delay";

/** CEL: whether the pod's proxy serves only with a sidecar. */
const REQUIRES_MESH = `object.spec.containers.exists(c, c.?args.orValue([]).exists(arg, arg == "--mesh=required"))`;

/**
 * Makes the API server deny a proxy pod that Linkerd's injector did not take up, because its webhook fails open. Such a
 * pod would never get a sidecar: a Deployment restarts its container in place. Denied, it is tried again until the
 * injector is back, and the old pods serve until then.
 *
 * @returns what the pods must wait for; nothing where pods serve without a sidecar
 */
export function createSidecarAdmission(context: Context): pulumi.Resource[] {
  const { name, names, settings, parent } = context;
  if (!settings.sidecarAdmission) return [];
  const metadata = { name: names.sidecar, labels: labels(context, "egress-proxy") };
  const policy = new k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
    `${name}-sidecar`,
    {
      metadata,
      spec: {
        failurePolicy: "Fail",
        matchConstraints: {
          resourceRules: [
            { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
          ],
        },
        // Not pods of another mode: Pulumi deletes this only when a change to that mode has been rolled out.
        matchConditions: [{ name: "requires-mesh", expression: REQUIRES_MESH }],
        variables: [INIT_CONTAINERS],
        validations: [
          {
            expression: hasSidecar(IS_SIDECAR),
            message:
              "no Linkerd sidecar was added to this pod, and without one every pod of the cluster could call third parties under any name; " +
              `see that ${settings.controlPlaneNamespace}/linkerd-proxy-injector is up and that namespace ${settings.namespace} is not excluded from injection`,
            reason: "Forbidden",
          },
        ],
      },
    },
    { parent },
  );
  const binding = new k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
    `${name}-sidecar`,
    {
      metadata,
      spec: {
        policyName: policy.metadata.name,
        validationActions: ["Deny"],
        matchResources: {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": settings.namespace } },
          objectSelector: { matchLabels: selector(context, "egress-proxy") },
        },
      },
    },
    { parent },
  );
  return [binding];
}

/** Milliseconds in which two pods replace two others, with a good margin. */
const USUAL_ROLLOUT = 30_000;

/** The provider shows why pods fail, but not why the API server refuses to create them. */
export function explainMissingPods(
  { names, settings, parent }: Context,
  before: pulumi.Resource[],
  deployment: pulumi.Resource,
): void {
  if (!settings.sidecarAdmission) return;
  const { namespace, controlPlaneNamespace } = settings;
  explainDelay(
    { since: pulumi.all(before.map(({ urn }) => urn)), resource: deployment, within: USUAL_ROLLOUT },
    `Deployment ${namespace}/${names.proxy} still waits for new pods; the old ones serve meanwhile. If none appear, ` +
      `Linkerd's injector is down or skips namespace ${namespace}: the API server refuses proxy pods without a sidecar, ` +
      `and they are created when ${controlPlaneNamespace}/linkerd-proxy-injector is back. ` +
      `See: kubectl get events -n ${namespace} --field-selector reason=FailedCreate`,
    parent,
  );
}
