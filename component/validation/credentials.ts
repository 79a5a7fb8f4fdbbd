import type { Credential } from "../args/access";
import type { EgressProxyArgs } from "../args/egress-proxy";
import { isCredentialName } from "../../proxy-image/src/contract/policy/validate";
import { checkObject, isRecord } from "./checks/checks";
import { isDeferred, type Problems, show } from "./checks/problems";

const EXAMPLE = `{ stripe: { value: config.requireSecret("stripe") } }`;
const KEYS: (keyof Credential)[] = ["value", "secretName", "key"];

/** Names of the credentials, even if they have errors; undefined if the names can't be known. */
export function credentialNames(credentials: unknown): ReadonlySet<string> | undefined {
  if (isDeferred(credentials)) return undefined;
  return new Set(isRecord(credentials) ? Object.keys(credentials) : []);
}

/** Adds a problem for every error in `credentials`. Never shows a value. */
export function checkCredentials(
  { credentials, upstreams, tracing }: EgressProxyArgs,
  problems: Problems,
): void {
  if (credentials === undefined) return;
  if (!isRecord(credentials)) {
    problems.add(
      "credentials",
      `is ${typeof credentials === "string" ? "a text" : show(credentials)}; write it as in ${EXAMPLE}`,
    );
    return;
  }
  const used = usedCredentials(upstreams, tracing);
  for (const [name, value] of Object.entries(credentials)) {
    const path = `credentials.${name}`;
    if (!isCredentialName(name)) {
      problems.add(
        path,
        `has a name that can't be a file's; use lower-case letters, digits and inner hyphens, such as "stripe"`,
      );
    }
    if (!isRecord(value)) {
      problems.add(path, `is no credential; write it as in ${EXAMPLE}`);
      continue;
    }
    checkObject(value, path, KEYS, EXAMPLE, problems);
    checkSource(value, path, problems);
    if (!used.has(name))
      problems.add(
        path,
        "is used by no upstream; leave it out, or name it in setHeaders, tls.clientCertificate or tracing.headers",
      );
  }
}

function checkSource(
  { value, secretName, key }: Record<string, unknown>,
  path: string,
  problems: Problems,
): void {
  const right = `give either \`value\`, or \`secretName\` and \`key\` of an existing Secret`;
  const fromSecret = secretName !== undefined || key !== undefined;
  if (
    (value !== undefined) === fromSecret ||
    (fromSecret && (secretName === undefined || key === undefined))
  ) {
    problems.add(path, right);
    return;
  }
  for (const [part, text] of Object.entries({ value, secretName, key })) {
    if (text === undefined || isDeferred(text)) continue;
    if (typeof text !== "string" || text === "") problems.add(`${path}.${part}`, `is no text; ${right}`);
  }
}

/** Adds a problem if `name` is not the name of an existing credential. */
export function checkCredentialName(
  name: unknown,
  path: string,
  credentials: ReadonlySet<string> | undefined,
  problems: Problems,
): void {
  if (credentials === undefined) return;
  if (typeof name === "string" && credentials.has(name)) return;
  const known = credentials.size > 0 ? `there are ${[...credentials].join(", ")}` : "there is none";
  problems.add(path, `${show(name)} is not in \`credentials\`; ${known}; add it there, as in ${EXAMPLE}`);
}

function usedCredentials(upstreams: unknown, tracing: unknown): ReadonlySet<unknown> {
  const used = new Set<unknown>();
  const addFields = (fields: unknown): void => {
    for (const header of isRecord(fields) ? Object.values(fields) : []) {
      if (isRecord(header)) used.add(header.credential);
    }
  };
  if (isRecord(tracing)) addFields(tracing.headers);
  for (const upstream of Array.isArray(upstreams) ? (upstreams as unknown[]) : []) {
    if (!isRecord(upstream)) continue;
    addFields(upstream.setHeaders);
    const certificate = isRecord(upstream.tls) ? upstream.tls.clientCertificate : undefined;
    if (isRecord(certificate)) used.add(certificate.certificate).add(certificate.privateKey);
  }
  return used;
}
