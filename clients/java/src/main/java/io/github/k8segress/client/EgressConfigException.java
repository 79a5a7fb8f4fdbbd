package io.github.k8segress.client;

/** EGRESS_DOMAIN or EGRESS_HOSTS is wrong: the program must not start. */
public final class EgressConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  EgressConfigException(String message) {
    super(message);
  }

  EgressConfigException(String where, String given, String problem) {
    this(where + " \"" + Names.shown(given) + "\" " + problem);
  }
}
