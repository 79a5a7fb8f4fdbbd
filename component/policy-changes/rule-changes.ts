import type { PolicyRule } from "../../proxy-image/src/contract/policy/policy";
import { type Grant, isKeptInPart, newGrants } from "./grants";
import { someOf } from "./some-of";

/** Grants of one upstream that are compared: that takes milliseconds. */
const MOST_GRANTS = 2_000;
const MOST_NAMES = 4;

/** What an upstream's rules admit now and did not before, and the reverse. Absent rules admit everything. */
export function ruleChanges(
  before: readonly PolicyRule[] | undefined,
  after: readonly PolicyRule[] | undefined,
): string[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return ["rules are new; before, every client could call everything"];
  if (after === undefined) return ["its rules are removed: every client may call everything"];
  const wider = newGrants(after, before, MOST_GRANTS);
  const narrower = newGrants(before, after, MOST_GRANTS);
  if (wider === undefined || narrower === undefined) return ["its rules change"];
  return [
    ...linesOf(wider).map(
      ({ requests, clients, isPlural }) => `${requests} ${isPlural ? "are" : "is"} new for ${clients}`,
    ),
    ...[false, true].flatMap((inPart) =>
      linesOf(narrower.filter((grant) => isKeptInPart(grant, after) === inPart)).map(
        ({ requests, clients, isPlural }) =>
          `${requests} ${isPlural ? "are" : "is"} ${inPart ? "only in part" : "no longer"} allowed for ${clients}`,
      ),
    ),
  ];
}

/** Who may call an upstream: `shop/checkout, reports/*`. */
export function clientsOf(rules: readonly PolicyRule[] | undefined): string {
  if (rules === undefined || rules.some(({ clients }) => clients === undefined)) return "every client";
  return someOf([...new Set(rules.flatMap(({ clients = [] }) => clients.map(clientName)))], MOST_NAMES);
}

interface Line {
  readonly requests: string;
  readonly clients: string;
  readonly isPlural: boolean;
}

/** Grants of the same client and path in one line, then those of the same requests, then those of the same clients. */
function linesOf(grants: readonly Grant[]): Line[] {
  const methods = groupBy(grants, ({ client, path }) => JSON.stringify([clientName(client), path]));
  const byClient = methods.map((group) => ({
    // Beside "any", single ones say nothing.
    methods: group.some(({ method }) => method === undefined)
      ? ""
      : [...new Set(group.map(({ method }) => method))].sort().join(", "),
    path: group[0]!.path,
    client: clientName(group[0]!.client),
  }));
  const byRequests = groupBy(byClient, ({ methods, path }) => JSON.stringify([methods, path])).map(
    (group) => ({
      methods: group[0]!.methods,
      path: group[0]!.path,
      clients: someOf(
        group.map(({ client }) => client),
        MOST_NAMES,
      ),
    }),
  );
  return groupBy(byRequests, ({ methods, clients, path }) =>
    JSON.stringify([methods, clients, path === undefined]),
  ).map((group) => {
    const paths = group.flatMap(({ path }) => path ?? []);
    return {
      requests: requestsOf(group[0]!.methods, paths),
      clients: group[0]!.clients,
      isPlural: paths.length > 1 || group[0]!.methods.includes(","),
    };
  });
}

function requestsOf(methods: string, paths: readonly string[]): string {
  if (paths.length === 0) return methods === "" ? "every request" : `${methods} of every path`;
  const list = someOf(paths, MOST_NAMES);
  return methods === "" ? `every method of ${list}` : `${methods} ${list}`;
}

function clientName(client: Grant["client"]): string {
  return client === undefined ? "every client" : `${client.namespace}/${client.serviceAccount ?? "*"}`;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}
