import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Authority, KeyPair } from "../pki/openssl";
import { createAuthority, issue } from "../pki/openssl";
import type { ThirdParty } from "./names";
import { THIRD_PARTIES } from "./names";

/** The third parties' authority, their certificates by host, and one for a client of theirs. */
export interface ThirdPartyCertificates {
  readonly authority: Authority;
  readonly client: KeyPair;
  readonly byHost: Readonly<Record<string, KeyPair>>;
}

/** Makes all of them in `directory`. */
export async function createThirdPartyCertificates(directory: string): Promise<ThirdPartyCertificates> {
  const strangers = join(directory, "unknown-authority");
  await mkdir(strangers, { recursive: true });
  const [authority, unknown] = await Promise.all([
    createAuthority(directory, "third parties"),
    createAuthority(strangers, "unknown authority"),
  ]);
  const hosts = Object.entries(THIRD_PARTIES) as [string, ThirdParty][];
  const [client, ...pairs] = await Promise.all([
    issue(authority, { file: "client", commonName: "client of the third parties" }),
    ...hosts.map(([host, { certificate }]) =>
      issue(certificate === "selfSigned" ? unknown : authority, {
        file: host,
        commonName: host,
        subjectAltNames: [
          `DNS:${certificate === "otherName" ? "another.example.test" : certifiedName(host)}`,
        ],
        expired: certificate === "expired",
      }),
    ),
  ]);
  return { authority, client, byHost: Object.fromEntries(hosts.map(([host], i) => [host, pairs[i]!])) };
}

/** Hosts under one wildcard show a wildcard certificate. */
function certifiedName(host: string): string {
  return host.replace(/^[^.]+\.wild\./, "*.wild.");
}
