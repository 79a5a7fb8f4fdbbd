import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { admissionRules } from "../../stub-domain-rules/stub-domain-rules";
import type { Context } from "../context";
import type { StubDomainPlace } from "./place";

/**
 * Makes the API server deny writes that the controller never needs, although its Role allows them: RBAC checks objects,
 * not their content. It applies to that one account only.
 */
export function createStubDomainPolicy(
  { settings, parent }: Context,
  { target, anchor, name, child, labels }: StubDomainPlace,
): pulumi.Resource {
  const account = { namespace: anchor.namespace, name };
  const metadata = {
    name: settings.controllerNamespace === undefined ? name : `${name}-${settings.controllerNamespace}`,
    labels,
  };
  const policy = new k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
    child,
    { metadata, spec: admissionRules({ account, anchor, target, domain: settings.domain }) },
    { parent },
  );
  return new k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
    child,
    { metadata, spec: { policyName: policy.metadata.name, validationActions: ["Deny"] } },
    { parent },
  );
}
