import { TlsVersion } from "../../args/upstream-tls";
import { X509Certificate } from "node:crypto";
import { checkObject, checkOneOf } from "../checks/checks";
import { checkCredentialName } from "../credentials";
import { nameProblem } from "../values/host";
import { type Problems, show } from "../checks/problems";

const KEYS = ["caCertificates", "minVersion", "serverName", "clientCertificate"];

/** Adds a problem for every error in an upstream's `tls`. */
export function checkTls(
  value: unknown,
  host: unknown,
  path: string,
  credentials: ReadonlySet<string> | undefined,
  problems: Problems,
): void {
  const tls = checkObject(value, path, KEYS, `{ minVersion: "TLSv1.3" }`, problems);
  if (!tls) return;
  const { caCertificates, minVersion, serverName, clientCertificate } = tls;
  checkOneOf(minVersion, `${path}.minVersion`, Object.values(TlsVersion), problems);
  if (serverName !== undefined) {
    const problem =
      typeof serverName === "string"
        ? nameProblem(serverName, "api.stripe.com")
        : `is ${show(serverName)}; give a host name`;
    if (problem) problems.add(`${path}.serverName`, problem);
    else if (typeof host === "string" && host.startsWith("*.")) {
      problems.add(
        `${path}.serverName`,
        `can't stand with the wildcard ${show(host)}, whose hosts are verified by their own names; leave it out, or name one host`,
      );
    }
  }
  if (caCertificates !== undefined) checkCaCertificates(caCertificates, `${path}.caCertificates`, problems);
  if (clientCertificate === undefined) return;
  const parts = checkObject(
    clientCertificate,
    `${path}.clientCertificate`,
    ["certificate", "privateKey"],
    `{ certificate: "partner-certificate", privateKey: "partner-key" }`,
    problems,
  );
  if (!parts) return;
  for (const part of ["certificate", "privateKey"]) {
    checkCredentialName(parts[part], `${path}.clientCertificate.${part}`, credentials, problems);
  }
}

function checkCaCertificates(pem: unknown, path: string, problems: Problems): void {
  const example = `give certificates as PEM, "-----BEGIN CERTIFICATE-----…"`;
  if (typeof pem !== "string") {
    problems.add(path, `is ${show(pem)}; ${example}`);
    return;
  }
  if (pem.includes("PRIVATE KEY")) {
    problems.add(
      path,
      `holds a private key, which would be readable in the policy; ${example} and nothing else`,
    );
    return;
  }
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) problems.add(path, `holds no certificate; ${example}`);
  certificates.forEach((certificate, index) => {
    try {
      new X509Certificate(certificate);
    } catch {
      problems.add(path, `holds a certificate that can't be read (number ${index + 1}); ${example}`);
    }
  });
}
