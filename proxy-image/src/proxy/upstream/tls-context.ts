import { type SecureContext, createSecureContext } from "node:tls";
import type { PolicyTls } from "../../policy/policy";

const shared = new Map<string, SecureContext>();

/**
 * Authorities and versions for an upstream's TLS. Reading the public authorities takes milliseconds and
 * memory, so upstreams with the same settings share a context.
 */
export function tlsContext({ minVersion, caCertificates }: PolicyTls): SecureContext {
  const key = `${minVersion}\n${caCertificates ?? ""}`;
  let context = shared.get(key);
  if (!context) {
    context = createSecureContext({
      minVersion,
      ...(caCertificates !== undefined && { ca: caCertificates }),
    });
    shared.set(key, context);
  }
  return context;
}
