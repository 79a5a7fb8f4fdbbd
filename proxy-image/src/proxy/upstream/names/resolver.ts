import { NODATA, NOTFOUND, Resolver, TIMEOUT, type RecordWithTtl } from "node:dns";
import { FailureError, dnsError, dnsTimeout } from "../../errors/failures";
import type { Resolved } from "../network";

/** Milliseconds for one query to one server; c-ares doubles it at each attempt. */
const QUERY_TIMEOUT = 2_000;
const TRIES = 2;
/** How long to wait for the other family's answer once one has arrived (RFC 8305 §3). */
const RESOLUTION_DELAY = 50;

/** DNS says that a name does not exist (NXDOMAIN), or that it has no address of either family (NODATA). */
export class NameGoneError extends FailureError {
  constructor() {
    super(dnsError, "DNS says that there is no such name, or that it has no address.");
  }
}

interface Answer {
  readonly records: readonly RecordWithTtl[];
  readonly error?: NodeJS.ErrnoException;
}

/**
 * Queries DNS for A and AAAA records. It uses c-ares, not `dns.lookup`: that has four threads for all names, so four
 * slow names block all others; and it uses the pod's search list, where a namespace called `com` could capture
 * `api.stripe.com`.
 *
 * @param servers `address` or `address:port`; default: those of the pod
 */
export function createDnsResolver(servers?: readonly string[]): (name: string) => Promise<Resolved> {
  const resolver = new Resolver({ timeout: QUERY_TIMEOUT, tries: TRIES });
  if (servers) resolver.setServers([...servers]);

  return (name) =>
    new Promise((resolve, reject) => {
      let v4: Answer | undefined;
      let v6: Answer | undefined;
      let delay: NodeJS.Timeout | undefined;
      const settle = (): void => {
        clearTimeout(delay);
        const records = [...(v4?.records ?? []), ...(v6?.records ?? [])];
        if (records.length === 0) {
          reject(failure([v4?.error, v6?.error]));
          return;
        }
        resolve({
          addresses: alternate(addresses(v4), addresses(v6)),
          ttl: Math.min(...records.map(({ ttl }) => ttl)),
        });
      };
      const answered = (): void => {
        if (v4 && v6) settle();
        else if ((v4 ?? v6)!.records.length > 0) delay ??= setTimeout(settle, RESOLUTION_DELAY);
      };
      resolver.resolve4(name, { ttl: true }, (error, records) => {
        v4 = error ? { records: [], error } : { records };
        answered();
      });
      resolver.resolve6(name, { ttl: true }, (error, records) => {
        v6 = error ? { records: [], error } : { records };
        answered();
      });
    });
}

function addresses(answer: Answer | undefined): string[] {
  return (answer?.records ?? []).map(({ address }) => address);
}

/** IPv4 first, because most pods have no IPv6; then alternating, so that both families are tried early. */
function alternate(first: readonly string[], second: readonly string[]): string[] {
  const result: string[] = [];
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    if (i < first.length) result.push(first[i]!);
    if (i < second.length) result.push(second[i]!);
  }
  return result;
}

/** A time-out counts more than the other family's negative answer: the name may exist. */
function failure(errors: readonly (NodeJS.ErrnoException | undefined)[]): FailureError {
  const codes = errors.map((error) => error?.code);
  if (codes.includes(TIMEOUT)) return new FailureError(dnsTimeout);
  if (codes.every((code) => code === NOTFOUND || code === NODATA)) {
    return new NameGoneError();
  }
  return new FailureError(dnsError, "The cluster's DNS answered with an error.", { cause: errors });
}
