import java.util.regex.Pattern;

/** Runs checks, and prints a line of JSON for each. */
final class Checks {
  /** What the proxy says of a path that no rule admits. */
  static final Pattern DENIED = Pattern.compile("No rule of the upstream|k8s-egress: request-denied");

  interface Body {
    void run() throws Exception;
  }

  private Checks() {}

  /** Whether the client package is to be used: then the programs keep https. */
  static boolean byPackage() {
    return System.getenv("EGRESS_DOMAIN") != null;
  }

  /** The address in the cluster of a host outside; with the client package the host's own. */
  static String egress(String host) {
    return byPackage() ? "https://" + host : "http://" + host + ".egress.local";
  }

  static void check(String name, Body body) {
    try {
      body.run();
      System.out.println("{\"check\": " + quote(name) + ", \"ok\": true}");
    } catch (Exception | AssertionError error) {
      String detail = quote(String.valueOf(error));
      System.out.println("{\"check\": " + quote(name) + ", \"ok\": false, \"detail\": " + detail + "}");
    }
  }

  static void equal(Object actual, Object expected) {
    if (!expected.equals(actual)) throw new AssertionError(actual + " is not " + expected);
  }

  static void contains(String text, String part) {
    if (text == null || !text.contains(part)) throw new AssertionError("\"" + part + "\" is not in " + text);
  }

  /** The proxy's own reason must be in what the application sees. */
  static void denied(String text) {
    if (text == null || !DENIED.matcher(text).find()) throw new AssertionError("no reason in " + text);
  }

  private static String quote(String text) {
    String cut = text.length() > 600 ? text.substring(0, 600) : text;
    return "\"" + cut.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\s", " ") + "\"";
  }
}
