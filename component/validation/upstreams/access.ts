import type { Client, Rule } from "../../args/access";
import { MeshMode } from "../../args/mesh";
import { isNamespaceName, isServiceAccountName } from "../../../proxy-image/src/contract/names/names";
import { isPathPattern } from "../../../proxy-image/src/contract/policy/path-pattern";
import { type Unchecked, checkBoolean, checkObject, isRecord } from "../checks/checks";
import { checkHeaderValues } from "../header-values";
import { type Problems, show } from "../checks/problems";
import { METHOD_MEANING, isMethod } from "../../../proxy-image/src/contract/names/method";
import type { Surroundings } from "./surroundings";

const RULE = `{ clients: [{ namespace: "shop", serviceAccount: "checkout" }], methods: ["POST"], paths: ["/v1/charges"] }`;

/** Adds a problem for every error in an upstream's rules, credentials and header fields. */
export function checkAccess(
  upstream: Unchecked,
  path: string,
  proxy: Surroundings,
  problems: Problems,
): void {
  const { allow, setHeaders, sharedSuffix, encodedSlashes } = upstream;
  if (allow !== undefined) checkRules(allow, `${path}.allow`, proxy.mesh, problems);
  if (setHeaders !== undefined) checkSetHeaders(upstream, `${path}.setHeaders`, proxy.credentials, problems);
  checkBoolean(sharedSuffix, `${path}.sharedSuffix`, problems);
  checkEncodedSlashes(encodedSlashes, allow, path, problems);
  if (sharedSuffix === true && typeof upstream.host === "string" && !upstream.host.startsWith("*.")) {
    problems.add(
      `${path}.sharedSuffix`,
      `means nothing for the exact host ${show(upstream.host)}; leave it out`,
    );
  } else if (sharedSuffix === true && !everyRule(allow, ["clients"])) {
    problems.add(
      `${path}.sharedSuffix`,
      `lets clients reach strangers' hosts, so every rule in \`allow\` must name \`clients\`, as in ${RULE}`,
    );
  }
}

function checkRules(allow: unknown, path: string, mesh: unknown, problems: Problems): void {
  if (!Array.isArray(allow) || allow.length === 0) {
    problems.add(
      path,
      `is ${Array.isArray(allow) ? "empty, which admits nobody" : show(allow)}; give rules, such as [${RULE}], or leave it out to admit every meshed client`,
    );
    return;
  }
  const keys: (keyof Rule)[] = ["clients", "methods", "paths"];
  allow.forEach((value: unknown, index) => {
    const at = `${path}[${index}]`;
    const rule = checkObject(value, at, keys, RULE, problems);
    if (!rule) return;
    if (rule.clients !== undefined) {
      if (mesh === MeshMode.None) {
        problems.add(
          `${at}.clients`,
          `needs mesh.mode "required" or "optional": without a mesh nobody vouches for who calls`,
        );
      }
      checkList(rule.clients, `${at}.clients`, `[{ namespace: "shop" }]`, problems, (client, where) =>
        checkClient(client, where, problems),
      );
    }
    checkTexts(rule.methods, `${at}.methods`, isMethod, METHOD_MEANING, problems);
    checkTexts(
      rule.paths,
      `${at}.paths`,
      isPathPattern,
      `a path or pattern, such as "/v1/charges" or "/v1/**"`,
      problems,
    );
  });
}

/** `encodedSlashes` has an effect only if rules name paths, and patterns with `%2F` need it. */
function checkEncodedSlashes(value: unknown, allow: unknown, path: string, problems: Problems): void {
  checkBoolean(value, `${path}.encodedSlashes`, problems);
  const rules = (Array.isArray(allow) ? (allow as unknown[]) : []).filter(isRecord);
  if (value === true) {
    if (rules.some(({ paths }) => paths !== undefined)) return;
    problems.add(
      `${path}.encodedSlashes`,
      "means nothing without rules that name `paths`: then every path goes out as it is; leave it out",
    );
    return;
  }
  rules.forEach(({ paths }, rule) => {
    (Array.isArray(paths) ? (paths as unknown[]) : []).forEach((pattern, index) => {
      if (typeof pattern !== "string" || !pattern.includes("%2F")) return;
      problems.add(
        `${path}.allow[${rule}].paths[${index}]`,
        `is ${show(pattern)}; %2F needs \`encodedSlashes: true\` of the upstream`,
      );
    });
  });
}

function checkClient(value: unknown, path: string, problems: Problems): void {
  const keys: (keyof Client)[] = ["namespace", "serviceAccount"];
  const client = checkObject(value, path, keys, `{ namespace: "shop" }`, problems);
  if (!client) return;
  for (const [key, kind, accepts] of [
    ["namespace", "namespace", isNamespaceName],
    ["serviceAccount", "service account", isServiceAccountName],
  ] as const) {
    const name = client[key];
    if (name === undefined && key === "serviceAccount") continue;
    if (typeof name === "string" && accepts(name)) continue;
    problems.add(`${path}.${key}`, `${show(name)} is no ${kind}'s name; give one, such as "shop"`);
  }
  const { serviceAccount } = client;
  if (
    typeof serviceAccount === "string" &&
    isServiceAccountName(serviceAccount) &&
    serviceAccount.includes(".")
  ) {
    problems.add(
      `${path}.serviceAccount`,
      `${show(serviceAccount)} has a dot, and Linkerd gives such a service account no identity, so nobody would be admitted; use one without a dot`,
    );
  }
}

function checkSetHeaders(
  upstream: Unchecked,
  path: string,
  credentials: ReadonlySet<string> | undefined,
  problems: Problems,
): void {
  const { setHeaders, host, allow } = upstream;
  const example = `{ authorization: { credential: "stripe", prefix: "Bearer " } }`;
  if (!isRecord(setHeaders)) {
    problems.add(path, `is ${show(setHeaders)}; write it as in ${example}`);
    return;
  }
  if (Object.keys(setHeaders).length === 0) return;
  if (typeof host === "string" && host.startsWith("*.")) {
    problems.add(
      path,
      `can't stand with the wildcard ${show(host)}, below which the key would go to any host; name the host`,
    );
  }
  if (!everyRule(allow, ["clients", "methods", "paths"])) {
    problems.add(
      path,
      `gives clients the third party's key, so every rule in \`allow\` must name clients, methods and paths, as in ${RULE}`,
    );
  }
  checkHeaderValues(setHeaders, path, credentials, problems);
}

/** Whether there are rules, and each has all of `fields`. */
function everyRule(allow: unknown, fields: readonly (keyof Rule)[]): boolean {
  if (!Array.isArray(allow) || allow.length === 0) return false;
  return (allow as unknown[]).every(
    (rule) => isRecord(rule) && fields.every((field) => rule[field] !== undefined),
  );
}

function checkTexts(
  value: unknown,
  path: string,
  accepts: (text: string) => boolean,
  right: string,
  problems: Problems,
): void {
  if (value === undefined) return;
  checkList(value, path, `a list of it: ${right}`, problems, (item, at) => {
    if (typeof item !== "string" || !accepts(item)) problems.add(at, `is ${show(item)}; give ${right}`);
  });
}

function checkList(
  value: unknown,
  path: string,
  right: string,
  problems: Problems,
  check: (item: unknown, path: string) => void,
): void {
  if (!Array.isArray(value) || value.length === 0) {
    problems.add(
      path,
      `is ${Array.isArray(value) ? "empty, which admits nothing" : show(value)}; give ${right}, or leave it out to admit all`,
    );
    return;
  }
  value.forEach((item, index) => check(item, `${path}[${index}]`));
}
