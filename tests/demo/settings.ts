import { LISTED } from "./story";

/**
 * The configuration of examples/basic for third parties that a test's authority has certified.
 *
 * @param caCertificates PEM
 * @param allowedCidrs where these third parties are, beyond the public addresses
 */
export function exampleSettings(
  caCertificates: string,
  allowedCidrs: readonly string[],
): Record<string, string> {
  const tls = { caCertificates };
  return {
    upstreams: JSON.stringify([
      { host: LISTED, tls, allowedCidrs, allow: [{ methods: ["GET", "POST"] }] },
      { host: "*.wild.example.test", tls, allowedCidrs },
    ]),
    // Neither place has a Linkerd.
    mesh: "none",
  };
}
