import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Shape, FormatError, flag, mapOf, number, object, optional, text } from "./shape";
import { HOST } from "./stage";

const extension: Shape<string | null> = {
  what: "a text as openssl's configuration has it, or null for none",
  read: (value, at) => (value === null ? null : text.read(value, at)),
};

export const recipe = object({
  issuer: optional(text),
  authority: optional(flag),
  commonName: optional(text),
  key: optional(text),
  keyOf: optional(text),
  digest: optional(text),
  days: optional(number),
  extensions: optional(mapOf(extension)),
});
type Recipe = typeof recipe extends Shape<infer T> ? T : never;

/** A private key and its certificate, PEM. */
export interface Made {
  readonly key: string;
  readonly cert: string;
}

/** What a certificate is given if its recipe does not say otherwise. */
const AUTHORITY = { basicConstraints: "critical,CA:TRUE", keyUsage: "critical,keyCertSign,cRLSign" };
const LEAF = { subjectAltName: `DNS:${HOST}`, extendedKeyUsage: "serverAuth" };

/**
 * Makes certificates by the openssl command, in their order: an issuer stands before what it signs.
 *
 * @throws FormatError if a recipe names one that is not made yet
 */
export function makeCertificates(recipes: Record<string, Recipe>): Map<string, Made> {
  const made = new Map<string, Made>();
  const folder = mkdtempSync(join(tmpdir(), "egress-case-"));
  try {
    for (const [name, one] of Object.entries(recipes)) {
      const earlier = (key: "issuer" | "keyOf"): Made | undefined => {
        const other = one[key];
        if (other === undefined) return undefined;
        const found = made.get(other);
        if (found) return found;
        throw new FormatError(`certificates.${name}.${key}`, `is ${other}`, "one that stands above it");
      };
      made.set(name, make(folder, name, one, earlier("issuer"), earlier("keyOf")?.key));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return made;
}

/**
 * @param issuer without it the certificate is self-signed
 * @param key of another certificate; without it a new one is made
 */
function make(
  folder: string,
  name: string,
  one: Recipe,
  issuer: Made | undefined,
  key: string | undefined,
): Made {
  const { commonName = name, key: keyType = "ec", digest = "sha256", days = 30 } = one;
  const openssl = (...words: string[]): unknown =>
    execFileSync("openssl", words, { cwd: folder, stdio: "pipe" });
  const own = key ?? newKey(folder, keyType);
  writeFileSync(join(folder, "key"), own);
  const extensions: Record<string, string | null> = {
    ...(one.authority ? AUTHORITY : LEAF),
    ...one.extensions,
  };
  const lines = Object.entries(extensions).filter(([, value]) => value !== null);
  writeFileSync(join(folder, "extensions"), lines.map(([field, value]) => `${field}=${value}\n`).join(""));
  writeFileSync(join(folder, "issuer.key"), issuer?.key ?? own);
  if (issuer) writeFileSync(join(folder, "issuer.cert"), issuer.cert);
  openssl("req", "-new", "-key", "key", "-out", "csr", "-subj", `/CN=${commonName}`);
  openssl(
    ...["x509", "-req", "-in", "csr", "-out", "cert", "-extfile", "extensions", `-${digest}`],
    ...["-days", String(days), "-set_serial", `0x01${randomBytes(8).toString("hex")}`],
    ...(issuer ? ["-CA", "issuer.cert", "-CAkey", "issuer.key"] : ["-signkey", "key"]),
  );
  return { key: own, cert: readFileSync(join(folder, "cert"), "utf8") };
}

/** @param type `ec`, or `rsa:2048` */
function newKey(folder: string, type: string): string {
  const words =
    type === "ec"
      ? ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
      : ["-algorithm", "RSA", "-pkeyopt", `rsa_keygen_bits:${type.slice("rsa:".length)}`];
  execFileSync("openssl", ["genpkey", ...words, "-out", "key"], { cwd: folder, stdio: "pipe" });
  return readFileSync(join(folder, "key"), "utf8");
}
