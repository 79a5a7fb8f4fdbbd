/** Top-level domains that will not become public: RFC 6761 (test), RFC 6762 section 3 (local) and its appendix G. */
const PRIVATE = ["corp", "home", "internal", "intranet", "lan", "local", "private", "test"];

/** RFC 1035 section 2.3.4: 255 octets on the wire are 253 characters. */
const MAX_LENGTH = 253;

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
/** WHATWG URL: a host whose last label is a number is an IPv4 address. */
const NUMBER = /^(?:0x[0-9a-f]*|\d+)$/;

const DOMAIN_EXAMPLE = "egress.local";
const HOST_EXAMPLE = "api.stripe.com";

/**
 * What is wrong with EGRESS_DOMAIN, or undefined.
 * @param {string} given
 */
export function domainProblem(given) {
  const problem = nameProblem(given, "domain", DOMAIN_EXAMPLE);
  if (problem) return problem;
  const domain = given.toLowerCase();
  if (!domain.includes(".")) {
    return `is a single label, which resolvers complete with search domains; give at least two, such as "${DOMAIN_EXAMPLE}"`;
  }
  if (isWithin(domain, "cluster.local")) {
    return `is the cluster's own domain or below it; give the EgressProxy's domain, such as "${DOMAIN_EXAMPLE}"`;
  }
  const last = lastLabel(domain);
  if (PRIVATE.includes(last)) return undefined;
  const names = PRIVATE.map((name) => `.${name}`);
  return (
    `ends in ".${last}", which is or may become a public top-level domain, so that outside the cluster requests ` +
    `could go to strangers in the clear; give a domain that ends in ${names.slice(0, -1).join(", ")} or ` +
    `${names.at(-1)}, such as "${DOMAIN_EXAMPLE}"`
  );
}

/**
 * What is wrong with an entry of EGRESS_HOSTS, or undefined.
 * @param {string} given
 * @param {string} domain
 */
export function hostProblem(given, domain) {
  if (given === "*") return "would be every host; leave EGRESS_HOSTS unset for that";
  const wildcard = given.startsWith("*.");
  const problem = nameProblem(wildcard ? given.slice(2) : given, "host", HOST_EXAMPLE);
  if (problem === WILDCARD) {
    return `has a * that is not its whole first label; a wildcard is "*." and a suffix, such as "*.ingest.sentry.io"`;
  }
  if (problem) return wildcard ? problem.replace(/^(ends in a dot; write ")/, "$1*.") : problem;
  const host = given.toLowerCase();
  if (!host.includes(".")) {
    return `is a single label, and those are never mapped; give a full host, such as "${HOST_EXAMPLE}"`;
  }
  const suffix = wildcard ? host.slice(2) : host;
  if (isWithin(suffix, "localhost") || isWithin(suffix, domain)) {
    return `is localhost, or EGRESS_DOMAIN or below it, and those are never mapped; give an upstream's host, such as "${HOST_EXAMPLE}"`;
  }
  return undefined;
}

const WILDCARD = "wildcard";

/**
 * @param {string} given
 * @param {"domain" | "host"} kind
 * @param {string} example
 */
function nameProblem(given, kind, example) {
  const alone = `give the ${kind} alone, such as "${example}"`;
  if (/[^\x21-\x7e]/.test(given)) {
    return `has a space, a control character or a character outside ASCII; give a ${kind} such as "${example}"`;
  }
  if (given.includes("://")) return `has a scheme; ${alone}`;
  if (given.includes("@")) return `has a user name; ${alone}`;
  if (/[/\\?#]/.test(given)) return `has a path; ${alone}`;
  if (IPV4.test(given) || given.includes("[") || given.split(":").length > 2) {
    return `is an IP address; give a ${kind} such as "${example}"`;
  }
  if (given.includes(":")) return `has a port; ${alone}`;
  if (given.includes("*")) return kind === "host" ? WILDCARD : `has a wildcard; ${alone}`;
  if (given.endsWith("."))
    return `ends in a dot; write "${given.toLowerCase().replace(/\.+$/, "") || example}"`;
  if (given.length > MAX_LENGTH) {
    return `is longer than ${MAX_LENGTH} characters; give a ${kind} such as "${example}"`;
  }
  const labels = given.toLowerCase().split(".");
  const wrong = labels.find((label) => !LABEL.test(label));
  if (wrong !== undefined) {
    return `has the label "${wrong}"; a label is 1 to 63 letters, digits and inner hyphens, as in "${example}"`;
  }
  if (NUMBER.test(labels.at(-1) ?? "")) {
    return `would be read as an IP address; give a ${kind} such as "${example}"`;
  }
  return undefined;
}

/**
 * Whether a name in lower case can be a host of the internet, spelled as DNS does.
 * @param {string} name
 */
export function isHostname(name) {
  return name.split(".").every((label) => LABEL.test(label)) && !NUMBER.test(lastLabel(name));
}

/**
 * Whether third parties have no such name, but the cluster or a company may: those are mapped only where
 * EGRESS_HOSTS names them.
 * @param {string} host
 */
export function isPrivate(host) {
  const last = lastLabel(host);
  return last === "svc" || PRIVATE.includes(last);
}

/**
 * True where `name` is `ancestor` or below it.
 * @param {string} name
 * @param {string} ancestor
 */
export function isWithin(name, ancestor) {
  return name === ancestor || name.endsWith(`.${ancestor}`);
}

/**
 * A value as an error may show it: one line of visible characters.
 * @param {string} value
 */
export function shown(value) {
  return value.replace(/[^\x20-\x7e]/gu, "?");
}

/** @param {string} name */
function lastLabel(name) {
  return name.slice(name.lastIndexOf(".") + 1);
}

export { MAX_LENGTH };
