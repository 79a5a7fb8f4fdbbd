/**
 * Names that the component and the controller share for the anchor: a ConfigMap without data. Its annotations hold the
 * controller's record and status, and its finalizer keeps it until the stub domain has been removed.
 *
 * Free of imports, because the component uses it too.
 */

/** Annotation: the hash of the last specification that has been proven to serve. Pulumi waits for it. */
export const APPLIED_ANNOTATION = "k8s-egress/applied";

/**
 * Annotation: what the controller may have written, and who owned the Corefile before (JSON); needed for the removal.
 */
export const RECORD_ANNOTATION = "k8s-egress/record";

/** Annotation: the last state that the controller observed (JSON), for people. */
export const STATUS_ANNOTATION = "k8s-egress/status";

/**
 * Finalizer: the stub domain may still be in the cluster's DNS. Its name says what removes it where the controller can't,
 * because a waiting deletion shows nothing but this name.
 */
export const FINALIZER = "k8s-egress/npx-k8s-egress-dns-remove";

/** All names that the finalizer has had: an anchor from before a rename is released too. */
const FINALIZERS: readonly string[] = [FINALIZER, "k8s-egress/stub-domain"];

/** Whether a finalizer is ours. */
export function isOurFinalizer(name: string): boolean {
  return FINALIZERS.includes(name);
}

/** Label on every anchor, by which `k8s-egress dns remove` finds them. */
export const ANCHOR_LABEL = "k8s-egress/anchor";

/** The label's value. */
export const ANCHOR_LABEL_VALUE = "stub-domain";

/** Field manager of everything that the controller writes. */
export const FIELD_MANAGER = "k8s-egress";

/** Annotation that tells Pulumi what to wait for; its value is {@link waitForApplied}. */
export const WAIT_FOR_ANNOTATION = "pulumi.com/waitFor";

/**
 * The condition that Pulumi waits for: the controller has proven this specification.
 *
 * The name is in brackets, because Pulumi uses RFC 9535, where `-` and `/` end a name after a dot.
 *
 * @param specHash hexadecimal; an `=` in it would end Pulumi's expression
 */
export function waitForApplied(specHash: string): string {
  return `jsonpath={.metadata.annotations['${APPLIED_ANNOTATION}']}=${specHash}`;
}
