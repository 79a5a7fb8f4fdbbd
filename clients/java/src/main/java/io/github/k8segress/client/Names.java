package io.github.k8segress.client;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which names can be EGRESS_DOMAIN, an entry of EGRESS_HOSTS, or the host of an upstream. */
final class Names {
  /** RFC 1035 section 2.3.4: 255 octets on the wire are 253 characters. */
  static final int MAX_LENGTH = 253;

  /** Top-level domains that will not become public: RFC 6761 (test), RFC 6762 section 3 (local) and its appendix G. */
  private static final List<String> PRIVATE =
      List.of("corp", "home", "internal", "intranet", "lan", "local", "private", "test");

  private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}");
  /** WHATWG URL: a host whose last label is a number is an IPv4 address. */
  private static final Pattern NUMBER = Pattern.compile("0x[0-9a-f]*|[0-9]+");

  private static final String DOMAIN_EXAMPLE = "egress.local";
  private static final String HOST_EXAMPLE = "api.stripe.com";
  private static final String WILDCARD = "wildcard";

  private Names() {}

  /** What is wrong with EGRESS_DOMAIN, or null. */
  static String domainProblem(String given) {
    String problem = nameProblem(given, "domain", DOMAIN_EXAMPLE);
    if (problem != null) return problem;
    String domain = lower(given);
    String example = "such as \"" + DOMAIN_EXAMPLE + "\"";
    if (!domain.contains(".")) {
      return "is a single label, which resolvers complete with search domains; give at least two, " + example;
    }
    if (isWithin(domain, "cluster.local")) {
      return "is the cluster's own domain or below it; give the EgressProxy's domain, " + example;
    }
    String last = lastLabel(domain);
    if (PRIVATE.contains(last)) return null;
    int others = PRIVATE.size() - 1;
    String head = PRIVATE.stream().limit(others).map(name -> "." + name).collect(Collectors.joining(", "));
    return "ends in \"." + last + "\", which is or may become a public top-level domain, so that outside the cluster"
        + " requests could go to strangers in the clear; give a domain that ends in " + head + " or ."
        + PRIVATE.get(others) + ", " + example;
  }

  /** What is wrong with an entry of EGRESS_HOSTS, or null. */
  static String hostProblem(String given, String domain) {
    if (given.equals("*")) return "would be every host; leave EGRESS_HOSTS unset for that";
    boolean wildcard = given.startsWith("*.");
    String name = wildcard ? given.substring(2) : given;
    String problem = nameProblem(name, "host", HOST_EXAMPLE);
    if (WILDCARD.equals(problem)) {
      return "has a * that is not its whole first label; a wildcard is \"*.\" and a suffix,"
          + " such as \"*.ingest.sentry.io\"";
    }
    if (problem != null) {
      return wildcard ? problem.replace("ends in a dot; write \"", "ends in a dot; write \"*.") : problem;
    }
    String example = "such as \"" + HOST_EXAMPLE + "\"";
    if (!given.contains(".")) return "is a single label, and those are never mapped; give a full host, " + example;
    String suffix = lower(name);
    if (isWithin(suffix, "localhost") || isWithin(suffix, domain)) {
      return "is localhost, or EGRESS_DOMAIN or below it, and those are never mapped; give an upstream's host, "
          + example;
    }
    return null;
  }

  private static String nameProblem(String given, String kind, String example) {
    String alone = "give the " + kind + " alone, such as \"" + example + "\"";
    String another = "give a " + kind + " such as \"" + example + "\"";
    if (!isVisible(given)) return "has a space, a control character or a character outside ASCII; " + another;
    if (given.contains("://")) return "has a scheme; " + alone;
    if (given.contains("@")) return "has a user name; " + alone;
    if (given.chars().anyMatch(c -> "/\\?#".indexOf(c) >= 0)) return "has a path; " + alone;
    long colons = given.chars().filter(c -> c == ':').count();
    if (IPV4.matcher(given).matches() || given.contains("[") || colons > 1) return "is an IP address; " + another;
    if (colons == 1) return "has a port; " + alone;
    if (given.contains("*")) return kind.equals("host") ? WILDCARD : "has a wildcard; " + alone;
    if (given.endsWith(".")) {
      String bare = lower(given).replaceAll("\\.+$", "");
      return "ends in a dot; write \"" + (bare.isEmpty() ? example : bare) + "\"";
    }
    if (given.length() > MAX_LENGTH) return "is longer than " + MAX_LENGTH + " characters; " + another;
    String name = lower(given);
    for (String label : labels(name)) {
      if (!LABEL.matcher(label).matches()) {
        return "has the label \"" + label + "\"; a label is 1 to 63 letters, digits and inner hyphens, as in \""
            + example + "\"";
      }
    }
    return NUMBER.matcher(lastLabel(name)).matches() ? "would be read as an IP address; " + another : null;
  }

  /** Whether a name in lower case can be a host of the internet, spelled as DNS does. */
  static boolean isHostname(String name) {
    return labels(name).stream().allMatch(label -> LABEL.matcher(label).matches())
        && !NUMBER.matcher(lastLabel(name)).matches();
  }

  /**
   * Whether third parties have no such name, but the cluster or a company may: those are mapped only where
   * EGRESS_HOSTS names them.
   */
  static boolean isPrivate(String host) {
    String last = lastLabel(host);
    return last.equals("svc") || PRIVATE.contains(last);
  }

  /** True where {@code name} is {@code ancestor} or below it. */
  static boolean isWithin(String name, String ancestor) {
    return name.equals(ancestor) || name.endsWith("." + ancestor);
  }

  static boolean isVisible(String value) {
    return value.chars().allMatch(c -> c >= 0x21 && c <= 0x7e);
  }

  /** A value as an error may show it: one line of visible characters. */
  static String shown(String value) {
    return value.codePoints()
        .mapToObj(c -> c >= 0x20 && c <= 0x7e ? Character.toString(c) : "?")
        .collect(Collectors.joining());
  }

  static String lower(String value) {
    return value.toLowerCase(Locale.ROOT);
  }

  private static List<String> labels(String name) {
    return Arrays.asList(name.split("\\.", -1));
  }

  private static String lastLabel(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
