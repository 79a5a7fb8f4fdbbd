import { Agent, type AgentOptions } from "node:https";
import { Dispatcher } from "undici";

type Env = Readonly<{ [name: string]: string | undefined }>;

/** EGRESS_DOMAIN or EGRESS_HOSTS is wrong: the program must not start. */
export class EgressConfigError extends Error {}

/** A request that was not sent, and why. `code` and `cause` are the resolver's, where it has failed. */
export class EgressError extends Error {
  readonly code?: string;
}

/** Which requests go through the egress proxy, as EGRESS_DOMAIN and EGRESS_HOSTS say. */
export class Egress {
  /**
   * @param env Default: `process.env`.
   * @throws EgressConfigError where a variable is wrong
   */
  constructor(env?: Env);
  /** The domain in lower case; undefined where EGRESS_DOMAIN is unset or empty. */
  get domain(): string | undefined;
  /** The entries of EGRESS_HOSTS in lower case; empty means all hosts. */
  get hosts(): readonly string[];
  /** The host in lower case whose requests go to `<host>.<domain>`, or undefined: the request goes out directly. */
  mapped(scheme: string, hostname: string, port: string | number | undefined): string | undefined;
  /** The URL that stands for `url` in the cluster, or undefined. */
  urlFor(url: string | URL): string | undefined;
}

/** An agent for requests by `node:https`, and so for axios, got and ws. */
export class EgressAgent extends Agent {
  /** @throws EgressConfigError where a variable is wrong */
  constructor(options?: AgentOptions, egress?: Egress);
}

/** A dispatcher for undici and for fetch. What is not mapped goes to `direct`, by default a new Agent. */
export class EgressDispatcher extends Dispatcher {
  /** @throws EgressConfigError where a variable is wrong */
  constructor(options?: { direct?: Dispatcher; egress?: Egress });
}

/**
 * Makes fetch, undici and node:https use the egress proxy for all that follows, where EGRESS_DOMAIN is set.
 * @returns whether it is set
 * @throws EgressConfigError where a variable is wrong
 */
export function install(env?: Env): boolean;
