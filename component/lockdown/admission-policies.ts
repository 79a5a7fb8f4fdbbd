import * as k8s from "@pulumi/kubernetes";
import { LockdownMode } from "../args/lockdown";
import { NAMESPACE_VALIDATIONS, podValidations, type Validation, type Variable } from "./bypasses";
import type { LockdownContext } from "./context";

/** The requests that a policy checks. */
interface Rule {
  operations: string[];
  resources: string[];
}

/**
 * Pods are checked at creation, not at updates: pods from before the lockdown must remain deletable, and the checked
 * fields can't change later, except by debug containers.
 */
const POD_RULES: Rule[] = [
  { operations: ["CREATE"], resources: ["pods"] },
  { operations: ["UPDATE"], resources: ["pods/ephemeralcontainers"] },
];
const NAMESPACE_RULES: Rule[] = [{ operations: ["CREATE", "UPDATE"], resources: ["namespaces"] }];

/** The API server denies, or in audit reports, what would bypass the lockdown. */
export function createAdmissionPolicies(context: LockdownContext): void {
  const { name, settings } = context;
  if (!settings.admissionPolicy) return;
  createPolicy(context, `${name}-pods`, POD_RULES, podValidations(settings.mesh));
  if (settings.mesh) createPolicy(context, `${name}-namespaces`, NAMESPACE_RULES, NAMESPACE_VALIDATIONS);
}

/** The cluster-scoped objects get generated names: lockdowns of two stacks may have the same name. */
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
          // A namespace itself is matched by its own labels; the API server sets this one, and it can't be changed.
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
