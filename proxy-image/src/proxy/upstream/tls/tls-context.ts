import { type SecureContext, type SecureVersion, createSecureContext } from "node:tls";
import type { PolicyTls } from "../../../contract/policy/policy";
import type { Credentials } from "../credentials";
import { FailureError, clientCertificateUnusable } from "../../errors/failures";

/** Cached contexts; more than there are different settings, unless client certificates are rotated often. */
const MOST_KEPT = 1_000;

const kept = new Map<string, SecureContext>();

/**
 * The authorities, versions and client certificate for an upstream's TLS, with their current values. Reading the public
 * authorities takes milliseconds and memory, so upstreams with the same settings share a context.
 */
export function tlsContextOf(tls: PolicyTls, credentials: Credentials): () => SecureContext {
  const { minVersion, caCertificates: ca, clientCertificate } = tls;
  return () => {
    const cert = clientCertificate && credentials.get(clientCertificate.certificate);
    const key = clientCertificate && credentials.get(clientCertificate.key);
    const name = JSON.stringify([minVersion, ca, cert, key]);
    let context = kept.get(name);
    if (!context) {
      if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value!);
      context = contextOf(minVersion, ca, cert, key);
      kept.set(name, context);
    }
    return context;
  };
}

/** @throws FailureError if the client certificate or its key can't be used */
function contextOf(
  minVersion: SecureVersion,
  ca: string | undefined,
  cert: string | undefined,
  key: string | undefined,
): SecureContext {
  try {
    return createSecureContext({
      minVersion,
      // The operator may give an intermediate only (RFC 5280 §6.1.1 allows any key as a trust anchor): many third
      // parties don't send it.
      ...(ca !== undefined && { ca, allowPartialTrustChain: true }),
      ...(cert !== undefined && { cert, key }),
    });
  } catch (cause) {
    if (cert === undefined) throw cause;
    throw new FailureError(clientCertificateUnusable, undefined, { cause });
  }
}
