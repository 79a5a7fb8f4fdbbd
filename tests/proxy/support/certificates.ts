import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A private key and its certificate, PEM. */
export interface Identity {
  key: string;
  cert: string;
}

/** A certificate authority of the tests. */
export interface Authority {
  /** Its own certificate, PEM. */
  ca: string;
  /** A certificate for DNS names; `days` may be negative for one that has expired. */
  issue(names: string[], options?: { days?: number; client?: boolean }): Identity;
}

/** Made by the openssl command, as Node can verify certificates but not issue them. */
export function createAuthority(): Authority {
  const root = inFolder((folder) => {
    openssl(
      folder,
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -keyout key -out cert -subj",
      "/CN=test authority",
    );
    return identity(folder);
  });
  return {
    ca: root.cert,
    issue: (names, { days = 30, client = false } = {}) =>
      inFolder((folder) => {
        writeFileSync(join(folder, "ca.key"), root.key);
        writeFileSync(join(folder, "ca.cert"), root.cert);
        writeFileSync(
          join(folder, "extensions"),
          `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}\n` +
            `extendedKeyUsage=${client ? "clientAuth" : "serverAuth"}\n`,
        );
        openssl(
          folder,
          "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out csr -subj",
          "/CN=test",
        );
        openssl(
          folder,
          `x509 -req -in csr -CA ca.cert -CAkey ca.key -set_serial ${Date.now()} -extfile extensions -out cert -days`,
          String(days),
        );
        return identity(folder);
      }),
  };
}

function openssl(folder: string, words: string, last: string): void {
  execFileSync("openssl", [...words.split(" "), last], { cwd: folder, stdio: "pipe" });
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
