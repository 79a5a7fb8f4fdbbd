import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { admissionRules, type Guarded } from "../stub-domain-rules";
import { type Context, labels } from "./context";

/**
 * Lets the API server refuse what the controller has no business to write, though its Role can't: RBAC knows objects,
 * not their content. For that one account only; nobody else's requests are looked at.
 */
export function createStubDomainPolicy(context: Context, guarded: Guarded): pulumi.Resource {
  const { name, names, parent } = context;
  const metadata = { name: names.stubDomain, labels: labels(context, "egress-stub-domain") };
  const policy = new k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
    `${name}-stub-domain`,
    { metadata, spec: admissionRules(guarded) },
    { parent },
  );
  return new k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
    `${name}-stub-domain`,
    { metadata, spec: { policyName: policy.metadata.name, validationActions: ["Deny"] } },
    { parent },
  );
}
