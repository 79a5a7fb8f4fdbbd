import { execFileSync } from "node:child_process";
import { X509Certificate, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A private key and its certificate, followed by those of its intermediate authorities, PEM. */
export interface Identity {
  key: string;
  cert: string;
}

/** What a certificate is like; the defaults make one that is in order. */
export interface CertificateOptions {
  /** Negative for one that has expired. */
  days?: number;
  /** Of the signature. Default: `sha256`. */
  digest?: string;
  /** What `openssl req -newkey` takes. Default: `ec`, on P-256. */
  keyType?: string;
  /** Common name. Default: `test`. */
  commonName?: string;
  /** Lines of openssl's configuration beyond the default ones, or with another value in place of one of them. */
  extensions?: Record<string, string | undefined>;
}

/** A certificate authority of the tests. */
export interface Authority extends Identity {
  /** Its own certificate, PEM. */
  ca: string;
  /** A certificate for DNS names, with its chain up to the root's. */
  issue(names: string[], options?: CertificateOptions & { client?: boolean }): Identity;
  /** An authority below this one. */
  intermediate(options?: CertificateOptions): Authority;
  /** A second certificate for another authority's name and key, PEM. */
  cross(other: Authority, options?: CertificateOptions): string;
}

/** Made by the openssl command, as Node can verify certificates but not issue them. */
export function createAuthority(commonName = "test authority"): Authority {
  const root = inFolder((folder) => {
    const words =
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -keyout key -out cert";
    openssl(folder, words, "-subj", `/CN=${commonName}`);
    return identity(folder);
  });
  return authorityOf(root, "");
}

/**
 * @param chain PEM, of its own certificate and those between it and the root; empty for the root
 */
function authorityOf(own: Identity, chain: string): Authority {
  return {
    ...own,
    ca: own.cert,
    issue(names, { client = false, extensions, ...options } = {}) {
      const { key, cert } = sign(own, {
        ...options,
        extensions: {
          subjectAltName: names.length === 0 ? undefined : names.map((name) => `DNS:${name}`).join(","),
          extendedKeyUsage: client ? "clientAuth" : "serverAuth",
          ...extensions,
        },
      });
      return { key, cert: cert + chain };
    },
    intermediate({ extensions, ...options } = {}) {
      const made = sign(own, {
        commonName: "test intermediate",
        ...options,
        extensions: {
          basicConstraints: "critical,CA:TRUE",
          keyUsage: "critical,keyCertSign",
          ...extensions,
        },
      });
      return authorityOf(made, made.cert + chain);
    },
    cross(other, { extensions, ...options } = {}) {
      const { subject } = new X509Certificate(other.ca);
      return sign(
        own,
        {
          ...options,
          commonName: subject.replace("CN=", ""),
          extensions: { basicConstraints: "critical,CA:TRUE", ...extensions },
        },
        other.key,
      ).cert;
    },
  };
}

/**
 * @param key of the certificate; without it a new one is made
 */
function sign(issuer: Identity, options: CertificateOptions, key?: string): Identity {
  const { days = 30, digest = "sha256", keyType = "ec", commonName = "test", extensions = {} } = options;
  return inFolder((folder) => {
    writeFileSync(join(folder, "ca.key"), issuer.key);
    writeFileSync(join(folder, "ca.cert"), issuer.cert);
    const lines = Object.entries(extensions).filter(([, value]) => value !== undefined);
    writeFileSync(join(folder, "extensions"), lines.map(([name, value]) => `${name}=${value}\n`).join(""));
    const curve = keyType === "ec" ? " -pkeyopt ec_paramgen_curve:P-256" : "";
    if (key !== undefined) writeFileSync(join(folder, "key"), key);
    openssl(
      folder,
      key === undefined
        ? `req -newkey ${keyType}${curve} -nodes -keyout key -out csr`
        : "req -new -key key -out csr",
      "-subj",
      `/CN=${commonName}`,
    );
    openssl(
      folder,
      `x509 -req -in csr -CA ca.cert -CAkey ca.key -extfile extensions -out cert -${digest}`,
      "-set_serial",
      `0x01${randomBytes(8).toString("hex")}`,
      "-days",
      String(days),
    );
    return identity(folder);
  });
}

function openssl(folder: string, words: string, ...last: string[]): void {
  execFileSync("openssl", [...words.split(" "), ...last], { cwd: folder, stdio: "pipe" });
}

function identity(folder: string): Identity {
  return {
    key: readFileSync(join(folder, "key"), "utf8"),
    cert: readFileSync(join(folder, "cert"), "utf8"),
  };
}

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "egress-test-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
