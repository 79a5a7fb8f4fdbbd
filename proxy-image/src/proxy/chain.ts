import express, { type Express } from "express";
import { admit } from "./admit/admit";
import { authorise } from "./authorise/authorise";
import type { Caller } from "./authorise/caller";
import type { Routes } from "./authorise/routes";
import { type ForwardOptions, forward } from "./forward/forward";
import { limit } from "./limit/limit";
import type { Origins } from "./upstream/origins";

/** What the stages need. */
export interface ChainOptions extends ForwardOptions {
  readonly routes: Routes;
  readonly origins: Origins;
  /** Exchanges in flight in this process. */
  readonly inFlight: () => number;
  readonly callerOf: (rawHeaders: readonly string[]) => Caller | undefined;
}

/** The life of a request: every stage decides one thing, and either ends the request or passes it on. */
export function createChain({ routes, callerOf, origins, inFlight, ...options }: ChainOptions): Express {
  const chain = express();
  chain.disable("x-powered-by");
  chain.disable("etag");
  // The query is the third party's; parsing it costs, and nothing here reads it.
  chain.set("query parser", false);
  chain.use(admit);
  chain.use(authorise(routes, callerOf));
  chain.use(limit(origins, inFlight));
  chain.use(forward(options));
  return chain;
}
