import type { SecureContext } from "node:tls";

/** A TLS session that a third party issued over a verified connection. */
export interface Session {
  /** The settings under which it was verified. */
  readonly context: SecureContext;
  readonly state: Buffer;
  /** When the certificate expires that was verified, in milliseconds since 1970; NaN if that is not known. */
  readonly expires: number;
}

/**
 * The session where it may stand for a whole handshake. Resuming skips every check of the certificate, so the checks
 * must still hold: not under another client certificate or other authorities, and not longer than the certificate.
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
