import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Context, labels } from "../context";
import type { StubDomainPlace } from "./place";

/**
 * Makes the API server deny the deletion of the controllers' namespace while an anchor exists. `kubectl delete namespace`
 * would end the controller before it has taken the stub domain out of the cluster's DNS, and the anchor's finalizer would
 * keep namespace and `pulumi destroy` waiting for it.
 *
 * @returns what anchors must be deleted before
 */
export function guardNamespace(context: Context, places: readonly StubDomainPlace[]): pulumi.Resource[] {
  const { name, names, settings, parent } = context;
  // A namespace of the user's is the user's.
  if (settings.controllerNamespace !== undefined) return [];
  const child = `${name}-stub-domain-namespace`;
  const policy = new k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
    child,
    {
      metadata: { name: `${names.stubDomain}-namespace`, labels: labels(context, "egress-stub-domain") },
      spec: {
        failurePolicy: "Fail",
        paramKind: { apiVersion: "v1", kind: "ConfigMap" },
        matchConstraints: {
          resourceRules: [
            { apiGroups: [""], apiVersions: ["v1"], operations: ["DELETE"], resources: ["namespaces"] },
          ],
        },
        validations: [
          {
            expression: "false",
            message:
              `the controller in this namespace takes ${settings.domain} out of the cluster's DNS, which pulumi destroy waits for; ` +
              "use that, or, if the controller can't run, npx k8s-egress dns remove",
            reason: "Forbidden",
          },
        ],
      },
    },
    { parent },
  );
  return places.map(
    ({ anchor, child: place, name: binding, labels: ours }) =>
      new k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
        `${place}-namespace`,
        {
          metadata: { name: `${binding}-namespace`, labels: ours },
          spec: {
            policyName: policy.metadata.name,
            // Without an anchor there is nothing to keep.
            paramRef: { ...anchor, parameterNotFoundAction: "Allow" },
            validationActions: ["Deny"],
            matchResources: {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": anchor.namespace } },
            },
          },
        },
        { parent },
      ),
  );
}
