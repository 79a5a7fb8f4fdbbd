import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { show } from "../checks/problems";

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** RFC 1035 §2.3.4: 255 octets on the wire are 253 characters. */
export const MAX_NAME_LENGTH = 253;

/** The problem of a DNS name in lower case, or undefined. `example` is suggested in the message. */
export function nameProblem(name: string, example: string): string | undefined {
  if (name === "") return `is empty; give a name such as "${example}"`;
  if (name !== name.toLowerCase()) return `${show(name)} has capitals; write "${name.toLowerCase()}"`;
  if (name.endsWith(".")) return `${show(name)} ends in a dot; write "${name.replace(/\.+$/, "")}"`;
  if (/[^\x21-\x7e]/.test(name)) {
    const ascii = /\s/.test(name) ? "" : domainToASCII(name);
    return ascii
      ? `${show(name)} is not ASCII; write it as punycode, "${ascii}"`
      : `${show(name)} has a space or a control character; give a name such as "${example}"`;
  }
  if (name.length > MAX_NAME_LENGTH) return `${show(name)} is longer than ${MAX_NAME_LENGTH} characters`;
  const wrong = name.split(".").find((label) => !LABEL.test(label));
  if (wrong !== undefined) {
    return `${show(name)} has the label ${show(wrong)}; a label is 1 to 63 letters, digits and inner hyphens, as in "${example}"`;
  }
  // WHATWG URL: a host whose last label is a number is parsed as an IPv4 address, 1.2.3 as 1.2.0.3.
  if (/^(0x[0-9a-f]*|\d+)$/.test(name.slice(name.lastIndexOf(".") + 1))) {
    return `${show(name)} would be read as an IP address; give a name such as "${example}"`;
  }
  return undefined;
}

/** The problem of an upstream's host, exact or wildcard, or undefined. */
export function hostProblem(host: string): string | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(host)?.[0];
  if (scheme) {
    return `${show(host)} has the scheme "${scheme}"; give the host alone, ${exampleFrom(host.slice(scheme.length))}`;
  }
  if (host.includes("@")) return `${show(host)} has a user name; give the host alone, ${exampleFrom(host)}`;
  if (/[/?#]/.test(host)) return `${show(host)} has a path; give the host alone, ${exampleFrom(host)}`;
  if (isIP(host.replace(/^\[|\]$/g, "")) !== 0) {
    return `${show(host)} is an IP address, for which a certificate's name can't be verified; give a host such as "api.stripe.com"`;
  }
  if (host.includes(":"))
    return `${show(host)} has a port; give the host alone, ${exampleFrom(host)}, and the port as \`port\``;
  if (host === "*") return `"*" alone would allow every host; give a suffix, such as "*.ingest.sentry.io"`;
  const name = host.startsWith("*.") ? host.slice(2) : host;
  if (name.includes("*")) {
    return `${show(host)} has a * that is not its first label; a wildcard is "*." and a suffix, such as "*.ingest.sentry.io"`;
  }
  const problem = nameProblem(name, "api.stripe.com");
  if (problem) return problem;
  if (!host.includes("."))
    return `${show(host)} is a single label; give a full host such as "api.stripe.com"`;
  return undefined;
}

function exampleFrom(rest: string): string {
  const host = rest
    .replace(/^[^@/]*@/, "")
    .replace(/[/?#].*$/, "")
    .replace(/:.*$/, "")
    .toLowerCase();
  return `for example "${hostProblem(host) === undefined ? host : "api.stripe.com"}"`;
}

/** True if `name` is `ancestor` or below it. */
export function isWithin(name: string, ancestor: string): boolean {
  return name === ancestor || name.endsWith(`.${ancestor}`);
}
