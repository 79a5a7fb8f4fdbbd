import { PROBE_LABEL } from "../proxy-image/src/contract/stub-domain/probe";
import { servicesZone } from "./corefile";
import { ANY_HOST, serviceName } from "./names";
import type { Settings } from "./settings";
import { MAX_NAME_LENGTH } from "./validation/values/host";

/**
 * Seconds for which an answer may be cached: how long a removed upstream still resolves, to a Service that is gone.
 * Kubernetes' own names have the same TTL.
 */
const TTL = 5;
/**
 * Seconds for which "no such name" may be cached (RFC 2308 §5): how long a new upstream may stay unknown to a client
 * that queried it before.
 */
const NEGATIVE_TTL = 5;

/**
 * The zone of the egress domain, a master file (RFC 1035 §5): every upstream is a CNAME of its Service, and no other
 * name exists. Pure text, complete at preview; the serial is constant, because each new zone is a new file in a new
 * pod.
 */
export function zoneText(settings: Settings, dnsService: string): string {
  const { domain, audit, upstreams } = settings;
  const services = `${servicesZone(settings)}.`;
  const server = `${dnsService}.${services}`;
  const hosts = [...upstreams.map(({ host }) => host), ...(audit ? [ANY_HOST] : [])];
  const records = zoneNames(hosts, MAX_NAME_LENGTH - domain.length - 1).map(
    ([name, host]) => `${name} IN CNAME ${serviceName(host)}.${services}`,
  );
  return [
    `$ORIGIN ${domain}.`,
    `$TTL ${TTL}`,
    `@ IN SOA ${server} hostmaster.${domain}. 1 3600 600 86400 ${NEGATIVE_TTL}`,
    `@ IN NS ${server}`,
    `${PROBE_LABEL} IN CNAME ${server}`,
    ...records,
    "",
  ].join("\n");
}

/**
 * The owner names of the zone with the upstream that each stands for, sorted.
 *
 * In DNS a wildcard ends where a name exists (RFC 4592 §4.4: the closest encloser): with `*.example.com` and
 * `a.b.example.com`, `x.b.example.com` does not exist, because `b.example.com` does. The policy has no such gaps, so
 * every name that exists below a wildcard gets records of that wildcard too. The exception is a name so long that
 * nothing can be below it, because `*.` before it would not be a valid name (RFC 1035 §2.3.4).
 */
function zoneNames(hosts: readonly string[], maxLength: number): [name: string, host: string][] {
  const names = new Map(hosts.map((host) => [host, host]));
  const wildcards = hosts.filter((host) => host.startsWith("*")).sort((a, b) => b.length - a.length);
  const wildcardOver = (name: string) => wildcards.find((wildcard) => name.endsWith(wildcard.slice(1)));
  for (const host of hosts) {
    for (const existing of selfAndAncestors(host.replace(/^\*\.?/, ""))) {
      const wildcard = wildcardOver(existing);
      if (wildcard === undefined) continue;
      for (const name of [existing, `*.${existing}`]) {
        if (name.length <= maxLength && !names.has(name)) names.set(name, wildcard);
      }
    }
  }
  return [...names].sort(([a], [b]) => (a < b ? -1 : 1));
}

function selfAndAncestors(name: string): string[] {
  const labels = name.split(".").filter(Boolean);
  return labels.map((_, index) => labels.slice(index).join("."));
}
