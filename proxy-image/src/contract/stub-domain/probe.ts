/** Free of imports, because the component uses it too. */

/**
 * A name in every zone of ours, an alias of the DNS server's own Service. It proves that listed names lead to Services.
 * The underscore distinguishes it from hosts.
 */
export const PROBE_LABEL = "_k8s-egress";
