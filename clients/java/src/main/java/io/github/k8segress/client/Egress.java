package io.github.k8segress.client;

import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which requests go through the egress proxy, as EGRESS_DOMAIN and EGRESS_HOSTS say. */
public final class Egress {
  /** The only port that mapped requests go to. */
  static final int PORT = 80;

  private final String domain;
  private final List<String> hosts;

  /**
   * @param environment the variables EGRESS_DOMAIN and EGRESS_HOSTS, each unset or empty for none
   * @throws EgressConfigException where one is wrong
   */
  public Egress(Map<String, String> environment) {
    String given = environment.getOrDefault("EGRESS_DOMAIN", "");
    if (given.isEmpty()) {
      domain = null;
      hosts = List.of();
      return;
    }
    String problem = Names.domainProblem(given);
    if (problem != null) throw new EgressConfigException("EGRESS_DOMAIN", given, problem);
    domain = Names.lower(given);
    hosts = readHosts(environment.getOrDefault("EGRESS_HOSTS", ""), domain);
  }

  /**
   * As the process's environment says.
   *
   * @throws EgressConfigException where a variable is wrong
   */
  public static Egress fromEnvironment() {
    return new Egress(System.getenv());
  }

  private static List<String> readHosts(String given, String domain) {
    if (given.isEmpty()) return List.of();
    List<String> hosts = new ArrayList<>();
    for (String entry : given.split(",", -1)) {
      String where = "EGRESS_HOSTS[" + hosts.size() + "]";
      String host = entry.replaceAll("^[ \t]+|[ \t]+$", "");
      if (host.isEmpty()) {
        throw new EgressConfigException(where + " is empty; give a host, or leave the comma out");
      }
      String problem = Names.hostProblem(host, domain);
      if (problem != null) throw new EgressConfigException(where, host, problem);
      hosts.add(Names.lower(host));
    }
    return List.copyOf(hosts);
  }

  /** The domain in lower case; null where EGRESS_DOMAIN is unset or empty. */
  public String domain() {
    return domain;
  }

  /** The entries of EGRESS_HOSTS in lower case; empty means all hosts. */
  public List<String> hosts() {
    return hosts;
  }

  /**
   * The host in lower case whose requests go to {@code <host>.<domain>}, or null: the request goes out directly.
   *
   * @param port -1 for the scheme's own
   */
  public String mapped(String scheme, String hostname, int port) {
    if (domain == null || scheme == null || hostname == null) return null;
    String kind = Names.lower(scheme);
    if (!kind.equals("https") && !kind.equals("wss") || port != -1 && port != 443) return null;
    // Only ASCII: lower case makes k of the Kelvin sign.
    if (!Names.isVisible(hostname)) return null;
    String host = Names.lower(hostname).replaceFirst("\\.$", "");
    if (!host.contains(".") || !Names.isHostname(host)) return null;
    if (host.length() + 1 + domain.length() > Names.MAX_LENGTH) return null;
    if (Names.isWithin(host, "localhost") || Names.isWithin(host, domain)) return null;
    boolean chosen = hosts.isEmpty() ? !Names.isPrivate(host) : hosts.stream().anyMatch(entry -> covers(entry, host));
    return chosen ? host : null;
  }

  private static boolean covers(String entry, String host) {
    return entry.startsWith("*.") ? host.endsWith(entry.substring(1)) : host.equals(entry);
  }

  /** The name to connect to for a host that is mapped. */
  String nameFor(String host) {
    return host + "." + domain;
  }

  /** The proxy sends a request to the upstream that Host names, whatever name was connected to. */
  static void checkHost(String host, String header) throws EgressException {
    if (header == null) return;
    String name = Names.lower(header).replaceFirst("\\.?(:443)?$", "");
    if (!name.equals(host)) throw new EgressException(EgressException.otherHost(host, header), null);
  }

  /** What a failed connection to the egress proxy means in the application's terms, or null for other failures. */
  EgressException explained(Throwable error, String host) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
        return new EgressException(EgressException.unresolved(host, domain), error);
      }
    }
    return null;
  }
}
