import type { PolicyLimits } from "../../contract/policy/policy";
import { admit } from "../admit/admit";
import { authorise } from "../authorise/authorise";
import type { Unlisted } from "../authorise/audit";
import type { Clients } from "../authorise/clients";
import type { Routes } from "../route/routes";
import type { Exchange } from "../exchange/exchange";
import { forward } from "../forward/forward";
import type { ForwardOptions } from "../forward/options";
import { limit } from "../limit/limit";
import type { Stage } from "../exchange/stage";
import { Upgrade } from "../upgrade/upgrade";
import type { Origins } from "../upstream/origins";

/** Options of the stages. */
export interface ChainOptions extends Omit<ForwardOptions, "forwardUpgrade"> {
  readonly routes: Routes;
  readonly unlisted: Unlisted;
  readonly origins: Origins;
  /** Exchanges in flight in this process. */
  readonly inFlight: () => number;
  readonly clients: Clients;
  readonly limits: PolicyLimits;
}

/**
 * The stages of a request. They are plain functions: as middlewares of express the same stages cost a quarter of all
 * processor time. So express serves the admin port only.
 */
export function createChain({
  routes,
  unlisted,
  clients,
  origins,
  inFlight,
  limits,
  ...options
}: ChainOptions) {
  const stages: readonly Stage[] = [
    admit(limits),
    authorise(routes, unlisted, clients),
    limit(origins, inFlight),
    forward({
      ...options,
      forwardUpgrade: (exchange, fields) => new Upgrade(exchange, fields, options).start(),
    }),
  ];
  return (exchange: Exchange): void => {
    for (const stage of stages) if (!stage(exchange)) return;
  };
}
