import { NETWORKS, TRANSLATED_IP } from "../addresses";
import type { Families } from "../families";
import { familiesOf } from "../families";

/** Which certificate a third party shows. */
export type CertificateKind = "good" | "otherName" | "selfSigned" | "expired";

/** How a third party behaves. */
export interface ThirdParty {
  /** In IPv4; the one in IPv6 has the same last number. */
  readonly address: string;
  /** It has no address in IPv6, whatever the cluster has: there a translator leads to it. */
  readonly ipv4Only?: boolean;
  /** `echo` answers requests, `silent` accepts connections and says nothing, `closed` refuses them. */
  readonly behaviour: "echo" | "silent" | "closed";
  readonly certificate: CertificateKind;
  /** Asks for a client certificate of the third parties' own authority. */
  readonly mutualTls?: boolean;
  readonly maxTlsVersion?: "TLSv1.2";
}

/** What a test needs to talk to the third parties and about them. */
export interface ThirdParties {
  /** Where a test asks what they saw, from the host. */
  readonly controlUrl: string;
  /** `/etc/hosts` syntax; the pretended internet's DNS reads a changed file within two seconds. */
  readonly hostsFile: string;
}

/** Ports at which every third party listens; 443 is the default one of https. */
export const TLS_PORTS = [443, 8443] as const;

/** Every third party by name. All of them are reached by TLS. */
export const THIRD_PARTIES = {
  "api.example.test": { address: "198.51.100.129", behaviour: "echo", certificate: "good" },
  "second.example.test": { address: "198.51.100.130", behaviour: "echo", certificate: "good" },
  "a.wild.example.test": { address: "198.51.100.131", behaviour: "echo", certificate: "good" },
  "b.wild.example.test": { address: "198.51.100.132", behaviour: "echo", certificate: "good" },
  "wrong-name.example.test": { address: "198.51.100.133", behaviour: "echo", certificate: "otherName" },
  "self-signed.example.test": { address: "198.51.100.134", behaviour: "echo", certificate: "selfSigned" },
  "expired.example.test": { address: "198.51.100.135", behaviour: "echo", certificate: "expired" },
  "silent.example.test": { address: "198.51.100.136", behaviour: "silent", certificate: "good" },
  "closed.example.test": { address: "198.51.100.137", behaviour: "closed", certificate: "good" },
  "mtls.example.test": {
    address: "198.51.100.138",
    behaviour: "echo",
    certificate: "good",
    mutualTls: true,
  },
  "tls12.example.test": {
    address: "198.51.100.139",
    behaviour: "echo",
    certificate: "good",
    maxTlsVersion: "TLSv1.2",
  },
  /** The one that the documentation calls. */
  "api.github.com": { address: "198.51.100.140", behaviour: "echo", certificate: "good" },
  /** At an address that no upstream needs to allow. */
  "public.example.test": {
    address: TRANSLATED_IP,
    ipv4Only: true,
    behaviour: "echo",
    certificate: "good",
  },
} as const satisfies Record<string, ThirdParty>;

/** Names whose addresses no proxy may follow, or from which no answer ever comes. */
export const ODD_NAMES: Readonly<Record<string, readonly string[]>> = {
  "loopback.example.test": ["127.0.0.1"],
  "private.example.test": ["10.96.0.1"],
  "metadata.example.test": ["169.254.169.254"],
  /** A public address and a private one. */
  "mixed.example.test": ["198.51.100.129", "10.96.0.1"],
  /** Drops every packet. */
  "blackhole.example.test": ["198.51.100.254"],
};

/** The addresses of a third party: always one of IPv4, because the Internet has it whatever the cluster has. */
export function addressesOf({ address, ipv4Only }: ThirdParty, families: Families): string[] {
  if (ipv4Only || !familiesOf(families).includes(6)) return [address];
  return [address, NETWORKS[6].thirdPartyCidr.replace(/::.*$/, `::${address.split(".").at(-1)}`)];
}

/** The names and their addresses in `/etc/hosts` syntax. */
export function hostsFile(families: Families): string {
  const all = Object.entries(THIRD_PARTIES) as [string, ThirdParty][];
  const parties = all.flatMap(([host, party]) =>
    addressesOf(party, families).map((address) => `${address} ${host}`),
  );
  const odd = Object.entries(ODD_NAMES).flatMap(([host, addresses]) =>
    addresses.map((address) => `${address} ${host}`),
  );
  return `${[...parties, ...odd].join("\n")}\n`;
}
