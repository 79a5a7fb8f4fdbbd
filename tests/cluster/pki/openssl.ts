import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { run } from "../programs/run";

/** The files of a certificate and its key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate says. */
export interface CertificateRequest {
  /** Names its files. */
  readonly file: string;
  readonly commonName: string;
  readonly organization?: string;
  /** As OpenSSL writes them: "DNS:a.test", "IP:192.0.2.1". */
  readonly subjectAltNames?: readonly string[];
  /** Not valid any more: for clients that must notice. */
  readonly expired?: boolean;
}

/** Signs certificates. */
export interface Authority extends KeyPair {
  readonly directory: string;
}

/** Makes an authority whose files, and those of what it signs, go to `directory`. */
export async function createAuthority(directory: string, commonName: string): Promise<Authority> {
  const pair = files(directory, "ca");
  await createKey(pair.key);
  await run("openssl", [
    ...["req", "-x509", "-new", "-key", pair.key, "-out", pair.certificate, "-days", "30"],
    ...["-subj", `/CN=${commonName}`, "-addext", "keyUsage=critical,keyCertSign,cRLSign"],
  ]);
  return { ...pair, directory };
}

/** Makes a key and has `authority` sign its certificate, for servers and clients alike. */
export async function issue(authority: Authority, request: CertificateRequest): Promise<KeyPair> {
  const { directory } = authority;
  const pair = files(directory, request.file);
  const signingRequest = join(directory, `${request.file}.csr`);
  const extensions = join(directory, `${request.file}.ext`);
  const lines = ["basicConstraints=CA:FALSE", "extendedKeyUsage=serverAuth,clientAuth"];
  if (request.subjectAltNames) lines.push(`subjectAltName=${request.subjectAltNames.join(",")}`);
  await Promise.all([createKey(pair.key), writeFile(extensions, `${lines.join("\n")}\n`)]);

  const organization = request.organization ? `/O=${request.organization}` : "";
  const subject = `${organization}/CN=${request.commonName}`;
  await run("openssl", ["req", "-new", "-key", pair.key, "-subj", subject, "-out", signingRequest]);
  await run("openssl", [
    ...["x509", "-req", "-in", signingRequest, "-CA", authority.certificate, "-CAkey", authority.key],
    ...["-extfile", extensions, "-out", pair.certificate, "-days", request.expired ? "-1" : "30"],
  ]);
  return pair;
}

/** A private key; in the form that the API server takes for service account tokens too. */
export async function createKey(file: string): Promise<void> {
  await run("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file]);
}

function files(directory: string, name: string): KeyPair {
  return { certificate: join(directory, `${name}.crt`), key: join(directory, `${name}.key`) };
}
