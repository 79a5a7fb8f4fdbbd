import { isIP } from "node:net";
import { parseCidr } from "../../cidr";
import { NO_CIDR } from "../values/cidr";
import { isLabel, MAX_NAMESPACE_LENGTH } from "../values/label";
import { type Problems, show } from "./problems";

/**
 * Adds a problem where `value` is no list of namespaces, each of them once.
 *
 * @param whyNotEmpty as {@link checkList} has it
 */
export function checkNamespaceNames(
  value: unknown,
  path: string,
  example: string,
  problems: Problems,
  whyNotEmpty?: string,
): void {
  if (value === undefined) problems.add(path, `is missing; give a list, such as ${example}`);
  const check = (name: unknown, at: string, index: number) => {
    checkNamespaceName(name, at, problems);
    const first = (value as unknown[]).indexOf(name);
    if (first !== index) problems.add(at, `${show(name)} is also ${path}[${first}]; name it once`);
  };
  checkList(value, path, example, problems, check, whyNotEmpty);
}

export function checkNamespaceName(value: unknown, path: string, problems: Problems): void {
  if (isLabel(value, MAX_NAMESPACE_LENGTH)) return;
  problems.add(path, `${show(value)} is not a namespace's name; give one, such as "monitoring"`);
}

/** Adds a problem where `value` is given and is no list of addresses. */
export function checkAddresses(value: unknown, path: string, problems: Problems): void {
  checkList(value, path, `["169.254.20.10"]`, problems, (ip, at) => {
    // A zone (fe80::1%eth0) has no meaning outside of one machine.
    if (typeof ip === "string" && isIP(ip) !== 0 && !ip.includes("%")) return;
    problems.add(at, `${show(ip)} is not an IP address; give one, such as "169.254.20.10"`);
  });
}

/** Adds a problem where `value` is no range in CIDR notation. */
export function checkCidr(value: unknown, path: string, problems: Problems): void {
  if (typeof value !== "string" || !parseCidr(value)) problems.add(path, `${show(value)} ${NO_CIDR}`);
}

/**
 * Adds a problem where `value` is given and is no list; checks each of its items.
 *
 * @param whyNotEmpty what makes an empty list an error: it would deny what the absent argument allows, or do nothing at
 *   all; absent: an empty list means none, and is right
 */
export function checkList(
  value: unknown,
  path: string,
  example: string,
  problems: Problems,
  check: (item: unknown, path: string, index: number) => void,
  whyNotEmpty?: string,
): void {
  if (value === undefined) return;
  if (!Array.isArray(value)) {
    problems.add(path, `is ${show(value)}; give a list, such as ${example}`);
    return;
  }
  if (value.length === 0 && whyNotEmpty !== undefined) {
    problems.add(path, `is empty; give a list, such as ${example}: ${whyNotEmpty}`);
    return;
  }
  value.forEach((item, index) => check(item, `${path}[${index}]`, index));
}
