import { X509Certificate } from "node:crypto";
import type { Timeouts, Upstream, UpstreamTls } from "../args";
import { TlsVersion } from "../args";
import { namesOf, serviceName } from "../names";
import { checkDuration, checkKnownKeys, isRecord, type Unchecked } from "./checks";
import { allowedCidrProblem } from "./cidr";
import { hostProblem, isWithin, MAX_NAME_LENGTH, nameProblem } from "./host";
import { type Problems, show } from "./problems";
import { sharedSuffixReason } from "./public-suffix";

/** A Service each, and kube-proxy's and Linkerd's cost grows with Services. */
const MAX_UPSTREAMS = 1_000;
const MAX_TIMEOUT_MS = 24 * 3_600_000;
const KNOWN_KEYS = new Set(["host", "port", "timeouts", "tls", "allowedCidrs"]);
const TLS_VERSIONS: readonly string[] = Object.values(TlsVersion);

/** What an upstream's host must not clash with. */
interface Proxy {
  name: string;
  domain: string;
}

/** Adds a problem for everything that is wrong with `upstreams`. */
export function checkUpstreams(upstreams: readonly Upstream[], proxy: Proxy, problems: Problems): void {
  if (!Array.isArray(upstreams)) {
    problems.add("upstreams", `is ${show(upstreams)}; give a list, such as [{ host: "api.stripe.com" }]`);
    return;
  }
  if (upstreams.length === 0) {
    problems.add(
      "upstreams",
      `is empty; name at least one third party, such as [{ host: "api.stripe.com" }]`,
    );
  }
  if (upstreams.length > MAX_UPSTREAMS) {
    problems.add(
      "upstreams",
      `has ${upstreams.length} entries; at most ${MAX_UPSTREAMS} are supported, a Service each: split them over several EgressProxy, each with its own namespace and domain`,
    );
    return;
  }
  const firstIndexOf = new Map<string, number>();
  upstreams.forEach((upstream: unknown, index) => {
    const path = `upstreams[${index}]`;
    if (!isRecord(upstream)) {
      problems.add(path, `is ${show(upstream)}; give an upstream, such as { host: "api.stripe.com" }`);
      return;
    }
    checkUpstream(upstream, path, proxy, problems);
    if (typeof upstream.host !== "string") return;
    const first = firstIndexOf.get(upstream.host);
    if (first === undefined) firstIndexOf.set(upstream.host, index);
    else
      problems.add(`${path}.host`, `${show(upstream.host)} is also upstreams[${first}]; name each host once`);
  });
}

function checkUpstream(upstream: Unchecked, path: string, proxy: Proxy, problems: Problems): void {
  checkKnownKeys(upstream, KNOWN_KEYS, path, problems);
  checkHost(upstream.host, `${path}.host`, proxy, problems);
  const { port, timeouts, tls, allowedCidrs } = upstream;
  if (
    port !== undefined &&
    !(Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65_535)
  ) {
    problems.add(`${path}.port`, `is ${show(port)}; give an integer from 1 to 65535, such as 443`);
  }
  if (timeouts !== undefined) checkTimeouts(timeouts, `${path}.timeouts`, problems);
  if (tls !== undefined) checkTls(tls, upstream.host, `${path}.tls`, problems);
  if (allowedCidrs !== undefined) checkAllowedCidrs(allowedCidrs, `${path}.allowedCidrs`, problems);
}

function checkHost(host: unknown, path: string, { name: proxy, domain }: Proxy, problems: Problems): void {
  if (typeof host !== "string") {
    problems.add(path, `is ${show(host)}; give a host such as "api.stripe.com"`);
    return;
  }
  const problem = hostProblem(host);
  if (problem) {
    problems.add(path, problem);
    return;
  }
  const name = host.replace(/^\*\./, "");
  const clash = isWithin(name, domain) || isWithin(domain, name);
  if (clash) {
    problems.add(
      path,
      `${show(host)} and \`domain\` ${show(domain)} are below one another, so the egress name would hide the third party's; choose another domain, such as "egress.local"`,
    );
  }
  if (`${host}.${domain}`.length > MAX_NAME_LENGTH) {
    problems.add(
      path,
      `${show(host)} and the domain together exceed ${MAX_NAME_LENGTH} characters; shorten \`domain\``,
    );
  }
  if (serviceName(host) === namesOf(proxy, "").dns) {
    problems.add(
      path,
      `${show(host)} would need the Service that is the DNS server's, "${proxy}-dns"; give the EgressProxy another name`,
    );
  }
  const shared = host.startsWith("*.") ? sharedSuffixReason(name) : undefined;
  if (shared && !clash) {
    problems.add(
      path,
      `${show(host)} would admit anyone's host, because ${shared}; name the hosts, or a suffix that one party owns, such as "*.ingest.sentry.io"`,
    );
  }
}

function checkTimeouts(timeouts: unknown, path: string, problems: Problems): void {
  if (!isRecord(timeouts)) {
    problems.add(path, `is ${show(timeouts)}; give limits, such as { response: "30s" }`);
    return;
  }
  const known: ReadonlySet<string> = new Set<keyof Timeouts>(["connect", "response", "idle"]);
  checkKnownKeys(timeouts, known, path, problems);
  for (const key of known) {
    if (timeouts[key] === undefined) continue;
    checkDuration(
      timeouts[key],
      `${path}.${key}`,
      { min: 1, max: MAX_TIMEOUT_MS, range: "more than 0 and at most 24h" },
      problems,
    );
  }
}

function checkTls(tls: unknown, host: unknown, path: string, problems: Problems): void {
  if (!isRecord(tls)) {
    problems.add(path, `is ${show(tls)}; give settings, such as { minVersion: "TLSv1.3" }`);
    return;
  }
  checkKnownKeys(
    tls,
    new Set<keyof UpstreamTls>(["caCertificates", "minVersion", "serverName"]),
    path,
    problems,
  );
  const { caCertificates, minVersion, serverName } = tls;
  if (minVersion !== undefined && !TLS_VERSIONS.includes(minVersion as string)) {
    problems.add(
      `${path}.minVersion`,
      `is ${show(minVersion)}; give one of ${TLS_VERSIONS.map(show).join(", ")}`,
    );
  }
  if (serverName !== undefined) {
    const problem =
      typeof serverName === "string"
        ? nameProblem(serverName, "api.stripe.com")
        : `is ${show(serverName)}; give a host name`;
    if (problem) problems.add(`${path}.serverName`, problem);
    else if (typeof host === "string" && host.startsWith("*.")) {
      problems.add(
        `${path}.serverName`,
        `can't stand with the wildcard ${show(host)}, whose hosts are verified by their own names; leave it out, or name one host`,
      );
    }
  }
  if (caCertificates !== undefined) checkCaCertificates(caCertificates, `${path}.caCertificates`, problems);
}

function checkCaCertificates(pem: unknown, path: string, problems: Problems): void {
  const example = `give certificates as PEM, "-----BEGIN CERTIFICATE-----…"`;
  if (typeof pem !== "string") {
    problems.add(path, `is ${show(pem)}; ${example}`);
    return;
  }
  if (pem.includes("PRIVATE KEY")) {
    problems.add(
      path,
      `holds a private key, which would be readable in the policy; ${example} and nothing else`,
    );
    return;
  }
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) problems.add(path, `holds no certificate; ${example}`);
  certificates.forEach((certificate, index) => {
    try {
      new X509Certificate(certificate);
    } catch {
      problems.add(path, `holds a certificate that can't be read (number ${index + 1}); ${example}`);
    }
  });
}

function checkAllowedCidrs(cidrs: unknown, path: string, problems: Problems): void {
  if (!Array.isArray(cidrs)) {
    problems.add(path, `is ${show(cidrs)}; give a list of ranges, such as ["10.20.0.0/16"]`);
    return;
  }
  cidrs.forEach((cidr: unknown, index) => {
    const problem =
      typeof cidr === "string" ? allowedCidrProblem(cidr) : `is no text; write it as in "10.20.0.0/16"`;
    if (problem) problems.add(`${path}[${index}]`, `${show(cidr)} ${problem}`);
  });
}
