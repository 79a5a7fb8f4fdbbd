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
    ["rule", rule ? `allow[${rule.index}]: ${literal(rule)}` : "none: the upstream has no `allow`"],
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
      ? [addition(suggestion.host, rule, upstream === undefined)]
      : [["what to do", advice] as [string, string]]),
  ];
}

function addition(host: string, rule: PolicyRule, isNew: boolean): [string, string] {
  return isNew
    ? ["add", `to upstreams: { host: ${JSON.stringify(host)}, allow: [${literal(rule)}] }`]
    : ["add", `to the \`allow\` of ${host}: ${literal(rule)}`];
}

/** The rule as a program has it. */
function literal({ clients, methods, paths }: PolicyRule): string {
  const members = [
    ...(clients ? [`clients: [${clients.map(clientLiteral).join(", ")}]`] : []),
    ...(methods ? [`methods: ${listLiteral(methods)}`] : []),
    ...(paths ? [`paths: ${listLiteral(paths)}`] : []),
  ];
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
