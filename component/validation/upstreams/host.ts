import { namesOf, serviceName } from "../../names";
import { hostProblem, isWithin, MAX_NAME_LENGTH } from "../values/host";
import { type Problems, show } from "../checks/problems";
import { sharedSuffixReason } from "../values/public-suffix";
import type { Surroundings } from "./surroundings";

/** Adds a problem for an error in an upstream's host, in itself and beside `domain`. */
export function checkHost(
  host: unknown,
  path: string,
  isSharedSuffixAllowed: boolean,
  { instance, domain, clusterDomain }: Surroundings,
  problems: Problems,
): void {
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
  if (serviceName(host) === namesOf(instance, "").dns) {
    problems.add(
      path,
      `${show(host)} would need the Service that is the DNS server's, "${instance}-dns"; give the EgressProxy another name`,
    );
  }
  if (isWithin(name, clusterDomain)) {
    problems.add(
      path,
      `${show(host)} is a name of the cluster itself, which is no third party; call it by that name, and list hosts such as "api.stripe.com"`,
    );
  }
  const shared = host.startsWith("*.") ? sharedSuffixReason(name) : undefined;
  if (shared && !clash && !isSharedSuffixAllowed) {
    problems.add(
      path,
      `${show(host)} would admit anyone's host, because ${shared}; name the hosts, or a suffix that one party owns, such as "*.ingest.sentry.io"; or say sharedSuffix: true and name the clients in \`allow\``,
    );
  }
}
