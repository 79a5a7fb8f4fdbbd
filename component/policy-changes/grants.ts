import type { PolicyRule } from "../../proxy-image/src/contract/policy/policy";
import { includesPaths } from "./path-inclusion";

type Client = NonNullable<PolicyRule["clients"]>[number];

/** One combination of a rule's clients, methods and paths. Undefined: any. */
export interface Grant {
  readonly client: Client | undefined;
  readonly method: string | undefined;
  readonly path: string | undefined;
}

/**
 * What rules admit that others do not: the grants that no single rule of the others includes.
 *
 * @param most grants that are compared, each with a hundred values of the others on average
 * @returns undefined if there are more
 */
export function newGrants(
  rules: readonly PolicyRule[],
  others: readonly PolicyRule[],
  most: number,
): Grant[] | undefined {
  const known = new Set(others.map((rule) => JSON.stringify(rule)));
  const changed = rules.filter((rule) => !known.has(JSON.stringify(rule)));
  const count = sum(
    changed,
    ({ clients, methods, paths }) => sizeOf(clients) * sizeOf(methods) * sizeOf(paths),
  );
  const each = sum(
    others,
    ({ clients, methods, paths }) => sizeOf(clients) + sizeOf(methods) + sizeOf(paths),
  );
  if (count > most || count * each > most * 100) return undefined;
  return changed.flatMap(grantsOf).filter((grant) => !others.some((rule) => includes(rule, grant)));
}

function sum(rules: readonly PolicyRule[], of: (rule: PolicyRule) => number): number {
  return rules.reduce((total, rule) => total + of(rule), 0);
}

function sizeOf(values: readonly unknown[] | undefined): number {
  return values?.length ?? 1;
}

function grantsOf({ clients = [undefined], methods = [undefined], paths = [undefined] }: AnyRule): Grant[] {
  return clients.flatMap((client) =>
    methods.flatMap((method) => paths.map((path) => ({ client, method, path }))),
  );
}

/** A rule whose absent fields are one value, undefined. */
interface AnyRule {
  readonly clients?: readonly (Client | undefined)[];
  readonly methods?: readonly (string | undefined)[];
  readonly paths?: readonly (string | undefined)[];
}

function includes({ clients, methods, paths }: PolicyRule, { client, method, path }: Grant): boolean {
  return (
    (clients === undefined || (client !== undefined && clients.some((one) => isWithin(client, one)))) &&
    (methods === undefined || (method !== undefined && methods.includes(method))) &&
    (paths === undefined || (path !== undefined && paths.some((one) => includesPaths(one, path))))
  );
}

function isWithin(client: Client, other: Client): boolean {
  return (
    client.namespace === other.namespace &&
    (other.serviceAccount === undefined || other.serviceAccount === client.serviceAccount)
  );
}

/** Whether rules still admit a part of a grant: a client, a method and a path of one of them are within it. */
export function isKeptInPart({ client, method, path }: Grant, rules: readonly PolicyRule[]): boolean {
  return rules.some(
    ({ clients, methods, paths }: AnyRule) =>
      hasWithin(client, clients, isWithin) &&
      hasWithin(method, methods, (one, wide) => one === wide) &&
      hasWithin(path, paths, (one, wide) => includesPaths(wide, one)),
  );
}

/** @param values undefined: any, which only any includes */
function hasWithin<T>(
  wide: T | undefined,
  values: readonly (T | undefined)[] | undefined,
  isWithin: (value: T, wide: T) => boolean,
): boolean {
  if (wide === undefined) return true;
  return values?.some((value) => value !== undefined && isWithin(value, wide)) ?? false;
}
