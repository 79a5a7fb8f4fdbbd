import type { PolicyRule } from "../contract/policy/policy";

/** A client of a rule, as a program has it. */
export function clientLiteral({
  namespace,
  serviceAccount,
}: NonNullable<PolicyRule["clients"]>[number]): string {
  const account = serviceAccount === undefined ? "" : `, serviceAccount: ${JSON.stringify(serviceAccount)}`;
  return `{ namespace: ${JSON.stringify(namespace)}${account} }`;
}

/** A list of texts, as a program has it. */
export function listLiteral(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
}
