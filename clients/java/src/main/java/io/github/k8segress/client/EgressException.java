package io.github.k8segress.client;

import java.io.IOException;

/** A request that was not sent, and why. Its cause is the resolver's, where that has failed. */
public final class EgressException extends IOException {
  private static final long serialVersionUID = 1;

  EgressException(String message, Throwable cause) {
    super(message, cause);
  }

  static String unresolved(String host, String domain) {
    return String.format(
        "%1$s.%2$s does not resolve, so the request to https://%1$s was not sent. EGRESS_DOMAIN is \"%2$s\", which"
            + " resolves inside the cluster only, and only for hosts in the EgressProxy's upstreams. Outside the"
            + " cluster unset EGRESS_DOMAIN; inside, add \"%1$s\" to the upstreams, or leave it out of EGRESS_HOSTS.",
        host, domain);
  }

  static String otherHost(String host, String header) {
    return String.format(
        "The request to https://%1$s has the header field \"Host: %2$s\". The egress proxy chooses the upstream by"
            + " Host, so the request was not sent; leave Host out, or make it \"%1$s\".",
        host, header);
  }
}
