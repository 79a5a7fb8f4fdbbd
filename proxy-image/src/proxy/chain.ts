import express, { type Express } from "express";
import { admit } from "./admit/admit";
import { authorise } from "./authorise/authorise";
import type { Routes } from "./authorise/routes";
import { type ForwardOptions, forward } from "./forward/forward";

/** The life of a request: every stage decides one thing, and either ends the request or passes it on. */
export function createChain(routes: Routes, options: ForwardOptions): Express {
  const chain = express();
  chain.disable("x-powered-by");
  chain.disable("etag");
  // The query is the third party's; parsing it costs, and nothing here reads it.
  chain.set("query parser", false);
  chain.use(admit);
  chain.use(authorise(routes));
  chain.use(forward(options));
  return chain;
}
