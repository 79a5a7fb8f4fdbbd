import {
  LINK_HEADER,
  PASSABLE,
  isLinkHeader,
  isPassable,
} from "../../../proxy-image/src/contract/names/header-fields";
import { METHOD_MEANING, isMethod } from "../../../proxy-image/src/contract/names/method";
import { isAuthority } from "../../../proxy-image/src/contract/names/names";
import type { Upstream } from "../../args/upstream";
import { checkBoolean, type Unchecked } from "../checks/checks";
import { checkList, checkOnce } from "../checks/lists";
import { type Problems, show } from "../checks/problems";

/** Arguments of an upstream about the form of its requests, and about where its responses may lead. */
export const ORIGIN_KEYS: readonly (keyof Upstream)[] = [
  "passHeaders",
  "propagateTrace",
  "via",
  "hostHeader",
  "bodyMethods",
  "linksTo",
  "linkHeaders",
];

/** Methods whose connection is always kept. */
const ALWAYS_WITH_BODY = ["POST", "PUT", "PATCH"];

/**
 * Adds a problem for every error in the form of requests and in where responses may lead.
 *
 * @param hosts of all upstreams
 */
export function checkOrigin(
  upstream: Unchecked,
  path: string,
  hosts: ReadonlySet<unknown>,
  problems: Problems,
): void {
  const { host, passHeaders, propagateTrace, via, hostHeader, bodyMethods, linksTo, linkHeaders } = upstream;
  checkNames(passHeaders, `${path}.passHeaders`, `["x-forwarded-for"]`, isPassable, PASSABLE, problems);
  checkNames(linkHeaders, `${path}.linkHeaders`, `["x-upload-url"]`, isLinkHeader, LINK_HEADER, problems);
  checkBoolean(propagateTrace, `${path}.propagateTrace`, problems);
  checkBoolean(via, `${path}.via`, problems);
  if (hostHeader !== undefined) checkHostHeader(hostHeader, host, `${path}.hostHeader`, problems);
  checkNames(bodyMethods, `${path}.bodyMethods`, `["GET"]`, isMethod, METHOD_MEANING, problems);
  if (Array.isArray(bodyMethods)) {
    bodyMethods.forEach((method: unknown, index) => {
      if (!ALWAYS_WITH_BODY.includes(method as string)) return;
      problems.add(
        `${path}.bodyMethods[${index}]`,
        `is ${show(method)}, whose body every server reads; leave it out`,
      );
    });
  }
  checkList(linksTo, `${path}.linksTo`, `["cdn.example.com"]`, problems, (other, at) => {
    if (other === host)
      problems.add(at, "is this upstream itself, to which responses may always lead; leave it out");
    else if (!hosts.has(other))
      problems.add(at, `${show(other)} is no host of \`upstreams\`; list it there, or leave it out`);
  });
}

function checkHostHeader(value: unknown, host: unknown, path: string, problems: Problems): void {
  if (typeof value !== "string" || !isAuthority(value)) {
    problems.add(path, `is ${show(value)}; give a host in lower case, such as "api.example.com"`);
  } else if (typeof host === "string" && host.startsWith("*.")) {
    problems.add(path, `can't stand with the wildcard ${show(host)}, which is many hosts; name the host`);
  } else if (value === host) {
    problems.add(path, "is `host` itself, which is the default; leave it out");
  }
}

function checkNames(
  value: unknown,
  path: string,
  example: string,
  accepts: (text: string) => boolean,
  right: string,
  problems: Problems,
): void {
  checkList(value, path, example, problems, (item, at, index) => {
    if (typeof item !== "string" || !accepts(item)) {
      problems.add(at, `is ${show(item)}; give ${right}`);
      return;
    }
    checkOnce(value as unknown[], index, path, problems);
  });
}
