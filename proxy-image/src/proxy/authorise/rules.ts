import { compilePathPattern } from "../../contract/policy/path-pattern";
import type { PolicyRule, PolicyUpstream } from "../../contract/policy/policy";
import {
  type Failure,
  ambiguousPath,
  callerRefused,
  callerUnknown,
  overrideRefused,
  requestRefused,
} from "../errors/failures";
import type { Caller } from "./client-identity";
import { normalPath } from "./normal-path";
import { overridesMethod, overridesPath } from "./overrides";

/** What is asked for. */
export interface Asked {
  readonly method: string;
  /** Request target: path and query. */
  readonly target: string;
  readonly rawHeaders: readonly string[];
}

/** Decides whether a caller may ask for something. */
export type Rules = (caller: Caller | undefined, asked: Asked) => Failure | undefined;

interface CompiledRule {
  readonly clients: ReadonlySet<string> | undefined;
  readonly methods: ReadonlySet<string> | undefined;
  readonly paths: readonly ((path: string) => boolean)[] | undefined;
}

const admitAll: Rules = () => undefined;

/** An upstream's `allow`: any rule admits, and a rule admits what fits all of its fields. */
export function compileRules({ allow }: PolicyUpstream): Rules {
  if (!allow) return admitAll;
  const rules = allow.map(compileRule);
  const restrictsMethods = rules.some(({ methods }) => methods);
  const restrictsPaths = rules.some(({ paths }) => paths);
  const everyRuleNamesClients = rules.every(({ clients }) => clients);

  return (caller, { method, target, rawHeaders }) => {
    if (everyRuleNamesClients && !caller) return callerUnknown;
    if (!rules.some((rule) => isFor(rule, caller))) return callerRefused;
    let path = target;
    if (restrictsPaths) {
      const normal = normalPath(target);
      if (normal === undefined) return ambiguousPath;
      if (overridesPath(rawHeaders)) return overrideRefused;
      path = normal;
    }
    if (restrictsMethods && overridesMethod(rawHeaders, target)) return overrideRefused;
    const admits = (rule: CompiledRule): boolean =>
      isFor(rule, caller) &&
      (!rule.methods || rule.methods.has(method)) &&
      (!rule.paths || rule.paths.some((matches) => matches(path)));
    return rules.some(admits) ? undefined : requestRefused;
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

function isFor({ clients }: CompiledRule, caller: Caller | undefined): boolean {
  return !clients || (caller !== undefined && names(clients, caller));
}

/** `*` is no service account's name, so it can stand for all of a namespace. */
function names(clients: ReadonlySet<string>, { namespace, key }: Caller): boolean {
  return clients.has(key) || clients.has(`${namespace}/*`);
}
