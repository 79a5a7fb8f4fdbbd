import https from "node:https";
import process from "node:process";
import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { EgressAgent, isRightHost, plainConnection } from "./agent.mjs";
import { EgressDispatcher } from "./dispatcher.mjs";
import { Egress } from "./egress.mjs";

/**
 * Makes fetch, undici and node:https use the egress proxy for all that follows, where EGRESS_DOMAIN is set;
 * changes nothing where it is not. Reaches agents of node:https that clients make for themselves, as Stripe's and AWS's
 * do, but not agents that make connections in a way of their own, nor dispatchers of undici that clients were given.
 * @param {NodeJS.ProcessEnv} [env] Default: `process.env`.
 * @returns {boolean} whether EGRESS_DOMAIN is set
 * @throws {EgressConfigError} where a variable is wrong
 */
export function install(env = process.env) {
  const egress = new Egress(env);
  if (egress.domain === undefined) return false;
  setGlobalDispatcher(new EgressDispatcher({ direct: getGlobalDispatcher(), egress }));
  patchAgents(egress);
  return true;
}

/** Every agent of node:https inherits from this prototype. */
function patchAgents(egress) {
  const { prototype } = https.Agent;
  const { addRequest, createConnection } = prototype;
  prototype.addRequest = function (request, options, ...rest) {
    if (this instanceof EgressAgent || isRightHost(egress, request, options))
      addRequest.call(this, request, options, ...rest);
  };
  prototype.createConnection = function (options, callback) {
    const plain = this instanceof EgressAgent ? undefined : plainConnection(egress, options);
    return plain ?? createConnection.call(this, options, callback);
  };
}
