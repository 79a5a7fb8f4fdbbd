import type { Policy, PolicyUpstream } from "../../proxy-image/src/contract/policy/policy";
import { clientsOf, ruleChanges } from "./rule-changes";
import { settingChanges } from "./setting-changes";
import { someOf } from "./some-of";

/** Lines of a description; a preview's messages are read by people. */
const MOST_LINES = 20;
const MOST_HOSTS = 5;
const MOST_SETTINGS = 4;
/** Upstreams whose rules are compared. */
const MOST_COMPARED = 50;

/**
 * What a new policy changes, in short lines: hosts, who may call what, limits and other settings. Empty if nothing does.
 * Credentials are named, never shown: a policy has none. Pure.
 */
export function describeChanges(before: Policy, after: Policy): string[] {
  const lines = [
    ...hostChanges(before, after),
    ...auditChanges(before, after),
    ...whoMayCall(before, after),
    ...commonSettings(before, after),
    ...limitChanges(before, after),
  ];
  if (lines.length <= MOST_LINES) return lines;
  return [
    ...lines.slice(0, MOST_LINES),
    `and ${lines.length - MOST_LINES} more changes: \`pulumi preview --diff\` shows all`,
  ];
}

function hostChanges({ upstreams: before }: Policy, { upstreams: after }: Policy): string[] {
  const removed = Object.keys(before).filter((host) => !Object.hasOwn(after, host));
  const added = Object.entries(after).filter(([host]) => !Object.hasOwn(before, host));
  const names = added.map(([host]) => host).sort();
  return [
    ...(removed.length > 0 ? [`removed: ${someOf(removed.sort(), MOST_HOSTS)}`] : []),
    ...fallen(removed, after),
    ...(added.length > MOST_HOSTS
      ? [`new: ${someOf(names, MOST_HOSTS)}`]
      : names.map((host) => `${host} is new, for ${clientsOf(after[host]!.allow)}`)),
  ];
}

/** Hosts that had an entry of their own, and now fall under a wildcard, whose rules may be wider. */
function fallen(removed: readonly string[], after: Policy["upstreams"]): string[] {
  const hosts = new Map<string, string[]>();
  for (const host of removed) {
    const entry = host.startsWith("*.") ? wildcardOf(host.slice(2), after) : wildcardOf(host, after);
    if (entry !== undefined) hosts.set(entry, [...(hosts.get(entry) ?? []), host]);
  }
  return [...hosts].map(
    ([entry, names]) =>
      `${someOf(names, MOST_HOSTS)} may still be called, by ${entry}: for ${clientsOf(after[entry]!.allow)}`,
  );
}

/** The longest wildcard that includes a host, as the proxy looks it up. */
function wildcardOf(host: string, upstreams: Policy["upstreams"]): string | undefined {
  for (let dot = host.indexOf("."); dot !== -1; dot = host.indexOf(".", dot + 1)) {
    const entry = `*${host.slice(dot)}`;
    if (Object.hasOwn(upstreams, entry)) return entry;
  }
  return undefined;
}

function auditChanges({ audit: before }: Policy, { audit: after }: Policy): string[] {
  if (!before && !after) return [];
  if (!after) return ["the audit ends: unlisted hosts are denied"];
  if (!before) {
    return [`an audit begins: ${after.namespaces.join(", ")} may call any public host until ${after.until}`];
  }
  return settingChanges(before, after, ["service"]).map((line) => `audit: ${line}`);
}

type Pair = readonly [host: string, before: PolicyUpstream, after: PolicyUpstream];

/** Upstreams of both policies that differ. */
function commonHosts({ upstreams: before }: Policy, { upstreams: after }: Policy): Pair[] {
  return Object.keys(after)
    .sort()
    .filter((host) => Object.hasOwn(before, host))
    .map((host): Pair => [host, before[host]!, after[host]!])
    .filter(([, old, now]) => JSON.stringify(old) !== JSON.stringify(now));
}

function whoMayCall(before: Policy, after: Policy): string[] {
  return commonHosts(before, after)
    .filter(([, { allow: old }, { allow: now }]) => JSON.stringify(old) !== JSON.stringify(now))
    .flatMap(([host, old, now], at) => {
      // More are not shown anyway.
      if (at >= MOST_COMPARED) return [`${host}: its rules change`];
      return ruleChanges(old.allow, now.allow).map((line) => `${host}: ${line}`);
    });
}

/** What is for all upstreams. */
function commonSettings(before: Policy, after: Policy): string[] {
  return settingChanges(before, after, ["version", "upstreams", "audit"]);
}

/** Settings of upstreams; hosts with the same changes in one line. */
function limitChanges(before: Policy, after: Policy): string[] {
  const hosts = new Map<string, string[]>();
  for (const [host, old, now] of commonHosts(before, after)) {
    const changes = settingChanges(old, now, ["service", "allow"]);
    if (changes.length === 0) continue;
    const text = someOf(changes, MOST_SETTINGS, "; ");
    hosts.set(text, [...(hosts.get(text) ?? []), host]);
  }
  return [...hosts].map(([text, names]) => `${someOf(names, MOST_HOSTS)}: ${text}`);
}
