import { isIP } from "node:net";
import { parseCidr } from "../../cidr";
import { NO_CIDR } from "../values/cidr";
import { isLabel, MAX_NAMESPACE_LENGTH } from "../values/label";
import { type Problems, show } from "./problems";

/**
 * Adds a problem if `value` is not a list of different namespaces.
 *
 * @param whyNotEmpty as for {@link checkList}
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
    checkOnce(value as unknown[], index, path, problems);
  };
  checkList(value, path, example, problems, check, whyNotEmpty);
}

/** Adds a problem if an item of a list stands before it as well. */
export function checkOnce(list: readonly unknown[], index: number, path: string, problems: Problems): void {
  const first = list.indexOf(list[index]);
  if (first !== index)
    problems.add(`${path}[${index}]`, `${show(list[index])} is also ${path}[${first}]; name it once`);
}

export function checkNamespaceName(value: unknown, path: string, problems: Problems): void {
  if (isLabel(value, MAX_NAMESPACE_LENGTH)) return;
  problems.add(path, `${show(value)} is not a namespace's name; give one, such as "monitoring"`);
}

/** Adds a problem if `value` is given and is not a list of addresses. */
export function checkAddresses(value: unknown, path: string, problems: Problems): void {
  checkList(value, path, `["169.254.20.10"]`, problems, (ip, at) => {
    // A zone (fe80::1%eth0) has a meaning on one machine only.
    if (typeof ip === "string" && isIP(ip) !== 0 && !ip.includes("%")) return;
    problems.add(at, `${show(ip)} is not an IP address; give one, such as "169.254.20.10"`);
  });
}

/** Adds a problem if `value` is not a range in CIDR notation. */
export function checkCidr(value: unknown, path: string, problems: Problems): void {
  if (typeof value !== "string" || !parseCidr(value)) problems.add(path, `${show(value)} ${NO_CIDR}`);
}

/**
 * Adds a problem if `value` is given and is not a list; checks each of its items.
 *
 * @param whyNotEmpty why an empty list is an error: it would deny what the absent argument allows, or do nothing;
 * absent: an empty list is valid and means none
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
