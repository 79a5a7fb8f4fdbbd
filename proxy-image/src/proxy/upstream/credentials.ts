import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Policy } from "../../contract/policy/policy";
import type { Log } from "../log";

/** Milliseconds between two reads of the mounted Secrets: the kubelet renews them about once a minute. */
const REFRESH = 10_000;
/** Maximum size of a credential in bytes. */
const MOST_BYTES = 64 * 1024;

/** A credential that the policy names can't be used; the message never contains its value. */
export class CredentialError extends Error {
  override readonly name = "CredentialError";
}

/** The third parties' keys, by name. */
export interface Credentials {
  /** The current value. */
  get(name: string): string;
  /** Rereads all; one that can't be used keeps its old value. */
  refresh(): void;
  close(): void;
}

/**
 * Reads the credentials that a policy names, and rereads them regularly, so that a rotated key needs no restart.
 *
 * @param folder one file for each credential; undefined if the process got none
 * @throws CredentialError
 */
export function createCredentials(policy: Policy, folder: string | undefined, log: Log): Credentials {
  const kinds = namedBy(policy);
  if (kinds.size > 0 && folder === undefined) {
    throw new CredentialError(`--credentials is missing: the policy names ${[...kinds.keys()].join(", ")}`);
  }
  const values = new Map<string, string>();
  for (const [name, kind] of kinds) values.set(name, read(folder!, name, kind));

  const refresh = (): void => {
    for (const [name, kind] of kinds) {
      try {
        const value = read(folder!, name, kind);
        if (value !== values.get(name)) log.info({ credential: name }, "credential renewed");
        values.set(name, value);
      } catch (error) {
        log.error({ credential: name, cause: (error as Error).message }, "credential not renewed");
      }
    }
  };
  const timer = kinds.size > 0 ? setInterval(refresh, REFRESH).unref() : undefined;
  return {
    get: (name) => values.get(name)!,
    refresh,
    close: () => clearInterval(timer),
  };
}

type Kind = "header" | "pem";

function namedBy({ upstreams, tracing }: Policy): Map<string, Kind> {
  const kinds = new Map<string, Kind>();
  for (const { setHeaders, tls } of Object.values(upstreams)) {
    if (tls.clientCertificate) {
      kinds.set(tls.clientCertificate.certificate, "pem");
      kinds.set(tls.clientCertificate.key, "pem");
    }
    for (const { credential } of Object.values(setHeaders ?? {})) kinds.set(credential, "header");
  }
  for (const { credential } of Object.values(tracing?.headers ?? {})) kinds.set(credential, "header");
  return kinds;
}

function read(folder: string, name: string, kind: Kind): string {
  let text: string;
  try {
    text = readFileSync(join(folder, name), "utf8");
  } catch (error) {
    throw new CredentialError(
      `can't read the credential ${name}: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}; ` +
        "check that its Secret exists and has that key",
    );
  }
  if (text.length === 0 || text.length > MOST_BYTES) {
    throw new CredentialError(`the credential ${name} must have 1 to ${MOST_BYTES} bytes`);
  }
  if (kind === "pem") return text;
  // Editors and `echo` append one line end. More than one is a mistake that should be noticed.
  const value = text.replace(/\r?\n$/, "");
  if (!/^[\x20-\x7e]+$/.test(value)) {
    throw new CredentialError(
      `the credential ${name} must be printable ASCII on one line, as it goes into a header field`,
    );
  }
  return value;
}
