import * as k8s from "@pulumi/kubernetes";
import { LockdownMode } from "../args/lockdown";
import { NAMESPACE_VALIDATIONS, podValidations, type Validation, type Variable } from "./bypasses";
import type { LockdownContext } from "./context";

/** What a policy is asked about. */
interface Rule {
  operations: string[];
  resources: string[];
}

/**
 * Pods are asked about when they begin, not at updates: what there was before the lockdown must remain deletable,
 * and what counts here can't change later but for debug containers.
 */
const POD_RULES: Rule[] = [
  { operations: ["CREATE"], resources: ["pods"] },
  { operations: ["UPDATE"], resources: ["pods/ephemeralcontainers"] },
];
const NAMESPACE_RULES: Rule[] = [{ operations: ["CREATE", "UPDATE"], resources: ["namespaces"] }];

/** The API server refuses, or in audit reports, what would get around the lockdown. */
export function createAdmissionPolicies(context: LockdownContext): void {
  const { name, settings } = context;
  if (!settings.admissionPolicy) return;
  createPolicy(context, `${name}-pods`, POD_RULES, podValidations(settings.mesh));
  if (settings.mesh) createPolicy(context, `${name}-namespaces`, NAMESPACE_RULES, NAMESPACE_VALIDATIONS);
}

/** Without a name of its own, as nothing in the cluster's scope tells one stack's lockdown from another's. */
function createPolicy(
  { settings, labels, parent }: LockdownContext,
  child: string,
  rules: Rule[],
  { variables, validations }: { variables: Variable[]; validations: Validation[] },
): void {
  const policy = new k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
    child,
    {
      metadata: { labels },
      spec: {
        failurePolicy: "Fail",
        matchConstraints: {
          resourceRules: rules.map((rule) => ({ apiGroups: [""], apiVersions: ["v1"], ...rule })),
        },
        variables,
        validations: validations.map((validation) => ({ ...validation, reason: "Forbidden" })),
      },
    },
    { parent },
  );
  new k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
    child,
    {
      metadata: { labels },
      spec: {
        policyName: policy.metadata.name,
        validationActions: settings.mode === LockdownMode.Enforce ? ["Deny", "Audit"] : ["Warn", "Audit"],
        matchResources: {
          // A namespace itself is matched by its own labels; this one is set by the API server and can't be changed.
          namespaceSelector: {
            matchExpressions: [
              { key: "kubernetes.io/metadata.name", operator: "In", values: settings.namespaces },
            ],
          },
        },
      },
    },
    { parent },
  );
}
