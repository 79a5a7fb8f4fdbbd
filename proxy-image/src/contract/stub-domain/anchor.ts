/**
 * The names by which the component and the controller know the anchor: a ConfigMap without data, whose annotations
 * carry the controller's record and status, and whose finalizer keeps it until the stub domain is taken out again.
 *
 * Free of imports: the component uses it too.
 */

/** Annotation: the hash of the last specification that was proven to serve. Pulumi waits for it. */
export const APPLIED_ANNOTATION = "k8s-egress/applied";

/** Annotation: what the controller may have written and who owned the Corefile before (JSON), for the way back. */
export const RECORD_ANNOTATION = "k8s-egress/record";

/** Annotation: what the controller saw last (JSON), for people. */
export const STATUS_ANNOTATION = "k8s-egress/status";

/** Finalizer: the stub domain may still be in the cluster's DNS. */
export const FINALIZER = "k8s-egress/stub-domain";

/** Label on every anchor, by which `k8s-egress dns remove` finds them. */
export const ANCHOR_LABEL = "k8s-egress/anchor";

/** The label's value. */
export const ANCHOR_LABEL_VALUE = "stub-domain";

/** Field manager of everything that the controller writes. */
export const FIELD_MANAGER = "k8s-egress";

/** Annotation by which Pulumi is told what to wait for; its value is {@link waitForApplied}. */
export const WAIT_FOR_ANNOTATION = "pulumi.com/waitFor";

/**
 * What Pulumi waits for: the controller has proven this specification.
 *
 * In brackets, because Pulumi reads RFC 9535, where `-` and `/` end a name after a dot.
 *
 * @param specHash hexadecimal; an `=` in it would end Pulumi's expression
 */
export function waitForApplied(specHash: string): string {
  return `jsonpath={.metadata.annotations['${APPLIED_ANNOTATION}']}=${specHash}`;
}
