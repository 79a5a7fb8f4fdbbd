import type { X509Certificate } from "node:crypto";
import type { CertificateChain } from "../../../contract/certificates/chain";

/** Certificates of a chain that are told; public ones have two or three. */
const MOST_CERTIFICATES = 8;
/** Characters of a name that are told; a third party chooses them. */
const MOST_CHARACTERS = 300;

/** The certificates that third parties showed last, one chain for each entry of the policy. */
export interface SeenCertificates {
  /** @param certificate the third party's own, as Node gives it with its chain */
  seen(entry: string, host: string, certificate: X509Certificate): void;
  /** Undefined: none was seen yet. */
  of(entry: string): CertificateChain | undefined;
}

interface Seen {
  readonly host: string;
  readonly at: number;
  readonly certificate: X509Certificate;
}

/** Keeps them parsed by OpenSSL; their texts are made when somebody asks. */
export function createSeenCertificates(): SeenCertificates {
  const all = new Map<string, Seen>();
  return {
    seen: (entry, host, certificate) => void all.set(entry, { host, at: Date.now(), certificate }),
    of(entry) {
      const last = all.get(entry);
      if (!last) return undefined;
      return {
        host: last.host,
        seen: new Date(last.at).toISOString(),
        certificates: chainOf(last.certificate).map(({ subject, issuer, validFrom, validTo }) => ({
          subject: nameOf(subject),
          issuer: nameOf(issuer),
          from: timeOf(validFrom),
          until: timeOf(validTo),
        })),
      };
    },
  };
}

/** The certificate and its issuers, as the third party sent them. */
function chainOf(certificate: X509Certificate): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (
    let next: X509Certificate | undefined = certificate;
    next && chain.length < MOST_CERTIFICATES;
    next = next.issuerCertificate
  ) {
    const { fingerprint256 } = next;
    // A root is its own issuer.
    if (chain.some((one) => one.fingerprint256 === fingerprint256)) break;
    chain.push(next);
  }
  return chain;
}

/** OpenSSL has a line for each part of a name: `O=Example\nCN=api.example.com`. Absent where the name is empty. */
function nameOf(name: string | undefined): string {
  return (name ?? "").split("\n").join(", ").slice(0, MOST_CHARACTERS);
}

function timeOf(text: string): string | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
