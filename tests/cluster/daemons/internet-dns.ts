import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { HEALTH_PORT_OF_DNS } from "../addresses";
import type { Families } from "../families";
import { inUrl, networksOf } from "../families";
import type { Daemon } from "../sandbox/daemon";
import { hostsFile } from "../third-parties/names";
import { answers } from "./http";

/** A root zone without names: whatever `hosts` does not know does not exist. */
const EMPTY_ROOT =
  ". 60 IN SOA internet.test. hostmaster.internet.test. 1 60 60 60 60\n. 60 IN NS internet.test.\n";

/** Where the names of the pretended internet are. */
export function internetHostsFile(directory: string): string {
  return join(directory, "internet-hosts");
}

/** The DNS server to which the cluster's own forwards: knows the third parties, NXDOMAIN for the rest. */
export async function internetDns(directory: string, families: Families, nodeIp: string): Promise<Daemon> {
  const hosts = internetHostsFile(directory);
  const corefile = join(directory, "internet.corefile");
  const root = join(directory, "internet-root.zone");
  const networks = networksOf(families);
  await writeFile(hosts, hostsFile(families));
  await writeFile(root, EMPTY_ROOT);
  await writeFile(
    corefile,
    `.:53 {
    bind ${networks.map(({ internetDns }) => internetDns).join(" ")}
    errors
    health ${inUrl(networks[0].controlIp)}:${HEALTH_PORT_OF_DNS}
    hosts ${hosts} {
        ttl 5
        reload 1s
        fallthrough
    }
    file ${root} .
}
`,
  );
  return {
    name: "internet-dns",
    command: join(directory, "bin", "coredns"),
    args: ["-conf", corefile],
    onInternet: true,
    isReady: () => answers(`http://${inUrl(nodeIp)}:${HEALTH_PORT_OF_DNS}/health`),
  };
}
