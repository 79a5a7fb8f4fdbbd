import type { SecureContext } from "node:tls";

/** A TLS session that a third party issued over a verified connection. */
export interface Session {
  /** The settings under which the connection was verified. */
  readonly context: SecureContext;
  readonly state: Buffer;
  /** When the verified certificate expires, in milliseconds since 1970; NaN if unknown. */
  readonly expires: number;
}

/**
 * The session, if it may replace a full handshake. Resuming skips every check of the certificate, so the checks must
 * still be valid: it is not resumed with another client certificate or other authorities, nor after the certificate has
 * expired.
 *
 * @param now milliseconds since 1970
 */
export function resumable(
  session: Session | undefined,
  context: SecureContext,
  now: number,
): Session | undefined {
  return session?.context === context && now < session.expires ? session : undefined;
}
