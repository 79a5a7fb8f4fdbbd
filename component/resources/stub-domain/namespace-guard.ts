import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Context, labels } from "../context";

/**
 * Makes the API server deny the deletion of the controllers' namespace. `kubectl delete namespace` would end the controller
 * before it has taken the stub domain out of the cluster's DNS, and the anchor's finalizer would keep namespace and
 * `pulumi destroy` waiting for it.
 *
 * Pulumi deletes in reverse order of creation: the anchors, this, and then the namespace. Whether an anchor exists is not
 * asked of the API server, whose parameters do not find objects again after a policy was deleted and created (seen with
 * Kubernetes 1.36).
 *
 * @param namespace its name, which is known when it has been created
 * @returns what anchors must be deleted before
 */
export function guardNamespace(context: Context, namespace: pulumi.Input<string>): pulumi.Resource[] {
  const { name, names, settings, parent } = context;
  // A namespace of the user's is the user's.
  if (settings.controllerNamespace !== undefined) return [];
  const child = `${name}-stub-domain-namespace`;
  const metadata = { name: `${names.stubDomain}-namespace`, labels: labels(context, "egress-stub-domain") };
  const policy = new k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
    child,
    {
      metadata,
      spec: {
        failurePolicy: "Fail",
        matchConstraints: {
          resourceRules: [
            { apiGroups: [""], apiVersions: ["v1"], operations: ["DELETE"], resources: ["namespaces"] },
          ],
        },
        validations: [
          {
            expression: "false",
            message:
              `the controller in this namespace takes ${settings.domain} out of the cluster's DNS, and pulumi destroy waits for that; ` +
              "without Pulumi: npx k8s-egress dns remove, then delete ValidatingAdmissionPolicyBinding " +
              `${metadata.name}, then this namespace`,
            reason: "Forbidden",
          },
        ],
      },
    },
    { parent },
  );
  const binding = new k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
    child,
    {
      metadata,
      spec: {
        policyName: policy.metadata.name,
        validationActions: ["Deny"],
        matchResources: {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        },
      },
    },
    { parent },
  );
  return [binding];
}
