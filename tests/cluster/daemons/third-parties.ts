import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

import { CONTROL_PORT } from "../addresses";
import type { Families } from "../families";
import { inUrl, networksOf } from "../families";
import type { Daemon } from "../sandbox/daemon";
import type { ThirdPartyCertificates } from "../third-parties/certificates";
import type { ThirdParty } from "../third-parties/names";
import { addressesOf, THIRD_PARTIES, TLS_PORTS } from "../third-parties/names";
import type { ServerSettings, ThirdPartySettings } from "../third-parties/settings";
import { answers } from "./http";

/** Where tests ask what the third parties saw. */
export function controlUrl(nodeIp: string): string {
  return `http://${inUrl(nodeIp)}:${CONTROL_PORT}`;
}

/** The third parties' servers. */
export async function thirdParties(
  directory: string,
  families: Families,
  nodeIp: string,
  certificates: ThirdPartyCertificates,
): Promise<Daemon> {
  const folder = join(directory, "third-parties");
  await mkdir(folder, { recursive: true });
  const settingsFile = join(folder, "settings.json");
  const program = join(folder, "main.js");
  const settings: ThirdPartySettings = {
    control: { address: networksOf(families)[0].controlIp, port: CONTROL_PORT },
    authority: certificates.authority.certificate,
    servers: servers(families, certificates),
  };
  await writeFile(settingsFile, JSON.stringify(settings, undefined, 2));
  // One file, because the repository need not be visible in the cluster's mount namespace.
  await build({
    entryPoints: [join(__dirname, "..", "third-parties", "main.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    target: "node24",
    logLevel: "silent",
  });
  return {
    name: "third-parties",
    command: join(directory, "bin", "node"),
    args: [program, settingsFile],
    onInternet: true,
    isReady: () => answers(`${controlUrl(nodeIp)}/__seen`),
  };
}

function servers(families: Families, { byHost }: ThirdPartyCertificates): ServerSettings[] {
  const hosts = Object.entries(THIRD_PARTIES) as [string, ThirdParty][];
  return hosts.flatMap(([host, party]) => {
    const { behaviour, mutualTls, maxTlsVersion } = party;
    if (behaviour === "closed") return [];
    const pair = byHost[host]!;
    return addressesOf(party, families).flatMap((address) =>
      TLS_PORTS.map((port) => ({
        ...{ host, address, port, behaviour, maxTlsVersion },
        ...pair,
        mutualTls: mutualTls ?? false,
      })),
    );
  });
}
