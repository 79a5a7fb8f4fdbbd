import process from "node:process";
import { EgressError, otherHostText } from "./errors.mjs";
import { isHostname, isPrivate, isWithin, MAX_LENGTH } from "./names.mjs";
import { readSettings } from "./settings.mjs";

/** The only port that mapped requests go to. */
export const EGRESS_PORT = 80;

/** Which requests go through the egress proxy, as EGRESS_DOMAIN and EGRESS_HOSTS say. */
export class Egress {
  #settings;

  /**
   * @param {NodeJS.ProcessEnv} [env] Default: `process.env`.
   * @throws {EgressConfigError} where a variable is wrong
   */
  constructor(env = process.env) {
    this.#settings = readSettings(env);
  }

  /** The domain in lower case; undefined where EGRESS_DOMAIN is unset or empty. */
  get domain() {
    return this.#settings?.domain;
  }

  /** The entries of EGRESS_HOSTS in lower case; empty means all hosts. */
  get hosts() {
    return this.#settings?.hosts ?? [];
  }

  /**
   * The host in lower case whose requests go to `<host>.<domain>`, or undefined: the request goes out directly.
   * @param {string} scheme `https`, `https:`, `wss` or `wss:`; any other goes out directly
   * @param {string} hostname
   * @param {string | number | undefined} port empty, undefined or 443; any other goes out directly
   * @returns {string | undefined}
   */
  mapped(scheme, hostname, port) {
    if (!this.#settings || !/^(?:https|wss):?$/.test(scheme)) return undefined;
    if (port !== undefined && port !== "" && Number(port) !== 443) return undefined;
    const { domain, hosts } = this.#settings;
    const host = hostname.toLowerCase().replace(/\.$/, "");
    if (!host.includes(".") || !isHostname(host)) return undefined;
    if (host.length + 1 + domain.length > MAX_LENGTH) return undefined;
    if (isWithin(host, "localhost") || isWithin(host, domain)) return undefined;
    const chosen = hosts.length === 0 ? !isPrivate(host) : hosts.some((entry) => covers(entry, host));
    return chosen ? host : undefined;
  }

  /**
   * The URL that stands for `url` in the cluster, or undefined.
   * @param {string | URL} url
   */
  urlFor(url) {
    const { protocol, hostname, port, pathname, search } = new URL(url);
    const host = this.mapped(protocol, hostname, port);
    return host === undefined ? undefined : `http://${host}.${this.domain}${pathname}${search}`;
  }
}

/**
 * @param {string} entry
 * @param {string} host
 */
function covers(entry, host) {
  return entry.startsWith("*.") ? host.endsWith(entry.slice(1)) : host === entry;
}

/**
 * The proxy sends a request to the upstream that Host names, whatever name was connected to.
 * @param {string} host
 * @param {string | undefined} header
 * @throws {EgressError} where the application has set another Host
 */
export function checkHostHeader(host, header) {
  if (header === undefined) return;
  const name = header.toLowerCase().replace(/:443$/, "").replace(/\.$/, "");
  if (name !== host) throw new EgressError(otherHostText(host, header));
}
