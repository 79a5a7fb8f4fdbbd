import https from "node:https";
import { syncBuiltinESMExports } from "node:module";
import process from "node:process";
import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { EgressAgent } from "./agent.mjs";
import { EgressDispatcher } from "./dispatcher.mjs";
import { Egress } from "./egress.mjs";

/**
 * Makes fetch, undici and node:https use the egress proxy for all that follows, where EGRESS_DOMAIN is set;
 * changes nothing where it is not. Clients that were given an agent or a dispatcher of their own are not reached.
 * @param {NodeJS.ProcessEnv} [env] Default: `process.env`.
 * @returns {boolean} whether EGRESS_DOMAIN is set
 * @throws {EgressConfigError} where a variable is wrong
 */
export function install(env = process.env) {
  const egress = new Egress(env);
  if (egress.domain === undefined) return false;
  setGlobalDispatcher(new EgressDispatcher({ direct: getGlobalDispatcher(), egress }));
  https.globalAgent = new EgressAgent({ ...https.globalAgent.options }, egress);
  // For `import { globalAgent } from "node:https"`.
  syncBuiltinESMExports();
  return true;
}
