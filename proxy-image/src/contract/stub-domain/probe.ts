/**
 * Free of imports: the component uses it too.
 */

/**
 * A name in every zone of ours, an alias of the DNS server's own Service, for the proof that listed names lead to
 * Services. The underscore keeps it apart from hosts.
 */
export const PROBE_LABEL = "_k8s-egress";
