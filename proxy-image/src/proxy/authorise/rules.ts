import { compilePathPattern } from "../../contract/policy/path-pattern";
import type { PolicyRule, PolicyUpstream } from "../../contract/policy/policy";
import {
  type Failure,
  ambiguousPath,
  clientDenied,
  clientUnknown,
  overrideDenied,
  requestDenied,
} from "../errors/failures";
import type { ClientIdentity } from "../exchange/client";
import { normalPath } from "./normal-path";
import { overridesMethod, overridesPath } from "./overrides";

/** What a request asks for. */
export interface Asked {
  readonly method: string;
  /** Request target: path and query. */
  readonly target: string;
  readonly rawHeaders: readonly string[];
}

/** Decides whether a client may ask for something. */
export type Rules = (client: ClientIdentity | undefined, asked: Asked) => Failure | undefined;

interface CompiledRule {
  readonly clients: ReadonlySet<string> | undefined;
  readonly methods: ReadonlySet<string> | undefined;
  readonly paths: readonly ((path: string) => boolean)[] | undefined;
}

const admitAll: Rules = () => undefined;

/** Compiles an upstream's `allow`. One matching rule is enough; a rule matches if all of its fields match. */
export function compileRules({ allow, encodedSlashes }: PolicyUpstream): Rules {
  if (!allow) return admitAll;
  const rules = allow.map(compileRule);
  const restrictsMethods = rules.some(({ methods }) => methods);
  const restrictsPaths = rules.some(({ paths }) => paths);
  const everyRuleNamesClients = rules.every(({ clients }) => clients);

  return (client, { method, target, rawHeaders }) => {
    if (everyRuleNamesClients && !client) return clientUnknown;
    if (!rules.some((rule) => isFor(rule, client))) return clientDenied;
    let path = target;
    if (restrictsPaths) {
      const normal = normalPath(target, encodedSlashes === true);
      if (normal === undefined) return ambiguousPath;
      if (overridesPath(rawHeaders, target)) return overrideDenied;
      path = normal;
    }
    if (restrictsMethods && overridesMethod(rawHeaders, method, target)) return overrideDenied;
    const admits = (rule: CompiledRule): boolean =>
      isFor(rule, client) &&
      (!rule.methods || rule.methods.has(method)) &&
      (!rule.paths || rule.paths.some((matches) => matches(path)));
    return rules.some(admits) ? undefined : requestDenied;
  };
}

/** A rule that admits a request. */
export interface MatchedRule {
  /** Its place in `allow`. */
  readonly index: number;
  /** The pattern that the path matches; undefined if the rule names no paths. */
  readonly path: string | undefined;
}

/** Finds the first rule that admits a request, for traces: the decision itself need not know which one it is. */
export function compileRuleFinder({
  allow = [],
  encodedSlashes,
}: PolicyUpstream): (client: ClientIdentity | undefined, asked: Asked) => MatchedRule | undefined {
  const rules = allow.map(compileRule);
  return (client, { method, target }) => {
    const path = normalPath(target, encodedSlashes === true);
    for (const [index, rule] of rules.entries()) {
      if (!isFor(rule, client) || (rule.methods && !rule.methods.has(method))) continue;
      const pattern = path === undefined ? -1 : (rule.paths ?? []).findIndex((matches) => matches(path));
      if (rule.paths && pattern === -1) continue;
      return { index, path: rule.paths && allow[index]!.paths![pattern] };
    }
    return undefined;
  };
}

function compileRule({ clients, methods, paths }: PolicyRule): CompiledRule {
  return {
    clients:
      clients &&
      new Set(clients.map(({ namespace, serviceAccount = "*" }) => `${namespace}/${serviceAccount}`)),
    methods: methods && new Set(methods),
    paths: paths?.map(compilePathPattern),
  };
}

function isFor({ clients }: CompiledRule, client: ClientIdentity | undefined): boolean {
  return !clients || (client !== undefined && names(clients, client));
}

/** `*` is not a valid name of a service account, so it can stand for all of a namespace. */
function names(clients: ReadonlySet<string>, { namespace, key }: ClientIdentity): boolean {
  return clients.has(key) || clients.has(`${namespace}/*`);
}
