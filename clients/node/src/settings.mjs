import { EgressConfigError } from "./errors.mjs";
import { hostProblem, domainProblem, shown } from "./names.mjs";

/**
 * @typedef {{ readonly domain: string, readonly hosts: readonly string[] }} Settings
 */

/**
 * What the environment says, or undefined where EGRESS_DOMAIN is unset or empty: then everything goes out directly,
 * and EGRESS_HOSTS is not read.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Settings | undefined}
 * @throws {EgressConfigError} what is wrong, where, and what would be right
 */
export function readSettings(env) {
  const given = env.EGRESS_DOMAIN ?? "";
  if (given === "") return undefined;
  const domain = given.toLowerCase();
  const problem = domainProblem(given);
  if (problem) throw new EgressConfigError(`EGRESS_DOMAIN "${shown(given)}" ${problem}`);
  return { domain, hosts: readHosts(env.EGRESS_HOSTS ?? "", domain) };
}

/**
 * @param {string} list
 * @param {string} domain
 */
function readHosts(list, domain) {
  if (list === "") return [];
  return list.split(",").map((entry, i) => {
    const host = entry.replace(/^[ \t]+|[ \t]+$/g, "");
    if (host === "")
      throw new EgressConfigError(`EGRESS_HOSTS[${i}] is empty; give a host, or leave the comma out`);
    const problem = hostProblem(host, domain);
    if (problem) throw new EgressConfigError(`EGRESS_HOSTS[${i}] "${shown(host)}" ${problem}`);
    return host.toLowerCase();
  });
}
