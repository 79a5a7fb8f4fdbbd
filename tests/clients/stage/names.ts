import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Domain under which clients name third parties. */
export const DOMAIN = "egress.local";
/** Address of every pretended vendor; the proxy's policy allows its range. */
export const VENDOR_ADDRESS = "198.51.100.1";
export const VENDOR_RANGE = "198.51.100.0/24";
/** Where clients find the proxy and the DNS server. */
export const PROXY_ADDRESS = "127.0.0.1";

export const ROOT = resolve(__dirname, "../../..");
/** This suite's folder in the repository. */
export const SUITE = resolve(__dirname, "..");

/** Folder for what is installed. Outside the repository, so that no client is a dependency of the project. */
export const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "k8s-egress", "clients");

/** Whether a host of the policy, exact or `*.suffix`, stands for a name. */
export function matches(host: string, name: string): boolean {
  return host.startsWith("*.")
    ? name.endsWith(host.slice(1)) && name.length > host.length - 1
    : host === name;
}
