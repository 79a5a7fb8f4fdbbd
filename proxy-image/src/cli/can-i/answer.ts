import type { PolicyRule } from "../../contract/policy/policy";
import type { Allowed, Denied, Verdict } from "../../contract/policy/verdict";
import { clientLiteral, listLiteral } from "../rule-literal";
import type { Question } from "../../proxy/evaluate/question";

/** The verdict as text for people. */
export function asText(verdict: Verdict, { client, method, url }: Question): string {
  const who = client ? `${client.namespace}/${client.serviceAccount}` : "a client without a mesh";
  const head = `${verdict.allowed ? "yes: " : "no: "}${who} ${verdict.allowed ? "may" : "may not"} ${method} ${url}`;
  const rows = verdict.allowed ? allowedRows(verdict) : deniedRows(verdict);
  return `${[head, ...rows.map(([name, value]) => `  ${name.padEnd(11)} ${value}`)].join("\n")}\n`;
}

function allowedRows({ upstream, rule, credentials }: Allowed): [string, string][] {
  return [
    ["upstream", upstream],
    ["rule", rule ? `allow[${rule.index}]: ${ruleLiteral(rule)}` : "none: the upstream has no `allow`"],
    ...credentials.map(({ field, credential }): [string, string] => [
      "credential",
      `${credential} (${field})`,
    ]),
  ];
}

function deniedRows({ upstream, reason, message, advice, suggestion }: Denied): [string, string][] {
  const [rule] = suggestion?.allow ?? [];
  return [
    ...(upstream === undefined ? [] : [["upstream", upstream] as [string, string]]),
    ["reason", `${reason}: ${message}`],
    ...(suggestion && rule
      ? [["add", additionTo(suggestion.host, rule, upstream === undefined)] as [string, string]]
      : [["what to do", advice] as [string, string]]),
  ];
}

/** What to add to the program so that a denied request is allowed; undefined if no rule can. */
export function additionText({ upstream, suggestion }: Denied): string | undefined {
  const [rule] = suggestion?.allow ?? [];
  return suggestion && rule ? `add ${additionTo(suggestion.host, rule, upstream === undefined)}` : undefined;
}

function additionTo(host: string, rule: PolicyRule, isNew: boolean): string {
  return isNew
    ? `to upstreams: { host: ${JSON.stringify(host)}, allow: [${ruleLiteral(rule)}] }`
    : `to the \`allow\` of ${host}: ${ruleLiteral(rule)}`;
}

/** The rule as a program has it. */
export function ruleLiteral({ clients, methods, paths }: PolicyRule): string {
  const members = [
    ...(clients ? [`clients: [${clients.map(clientLiteral).join(", ")}]`] : []),
    ...(methods ? [`methods: ${listLiteral(methods)}`] : []),
    ...(paths ? [`paths: ${listLiteral(paths)}`] : []),
  ];
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
