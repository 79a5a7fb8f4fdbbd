import { BlockList, isIPv6 } from "node:net";
import { PROBE_LABEL } from "../../contract/stub-domain/probe";
import type { DnsAnswer, Question } from "./message";

/** What the cluster's DNS shall serve. */
export interface StubZone {
  domain: string;
  /** The primary name server that only our own zone file names: lower case, with the last dot. */
  mname: string;
  /** Of our DNS server's Service, for which its zone has an alias. */
  address: string;
  /** Such as "cluster.local". */
  clusterDomain: string;
}

/** One question, and what is wrong with an answer. */
export interface Check {
  question: Question;
  complaint: (answer: DnsAnswer) => string | undefined;
  /** No answer at all is no complaint: it is not for the cluster's DNS alone to give one. */
  mayFail?: boolean;
}

/** The zone is ours. */
export function zoneCheck({ domain, mname }: StubZone): Check {
  return {
    question: { name: domain, type: "SOA" },
    complaint: (answer) => {
      if (answer.mname === mname) return undefined;
      return answer.mname === undefined
        ? `answers ${answer.rcode} without the zone's SOA`
        : `answers for ${printable(answer.mname)} instead of ${mname}`;
    },
  };
}

/**
 * Our DNS server is asked now: nobody has asked for this name before, so that no cache has it. Below the probe's name,
 * because a wildcard ends where a name exists (RFC 4592 §4.4): a zone with an audit answers all others.
 */
export function freshCheck({ domain, mname }: StubZone, nonce: string): Check {
  const name = `${nonce}.${PROBE_LABEL}.${domain}`;
  return {
    question: { name, type: "A" },
    complaint: ({ rcode, authority }) =>
      rcode === "NXDOMAIN" && authority === mname
        ? undefined
        : `answers ${rcode} for ${name}, which ${mname} must say does not exist`,
  };
}

/** What is listed leads to its Service. */
export function listedCheck(zone: StubZone): Check {
  const name = `${PROBE_LABEL}.${zone.domain}`;
  return {
    question: { name, type: typeOf(zone) },
    complaint: (answer) =>
      leadsTo(zone, answer)
        ? undefined
        : `answers ${said(answer)} for ${name} instead of the Service's ${zone.address}`,
  };
}

/** The cluster's own names are as well as before. */
export function clusterCheck(zone: StubZone): Check {
  const name = `kubernetes.default.svc.${zone.clusterDomain}`;
  return {
    question: { name, type: typeOf(zone) },
    complaint: (answer) => (answer.addresses.length > 0 ? undefined : `answers ${said(answer)} for ${name}`),
  };
}

/**
 * With ndots:5, names of the stub domain are looked up in the search domains first, where each must not exist: the
 * first answer wins, and musl's resolver stops at an empty one too. Search domains beyond the cluster's are other
 * people's; of these only an address is wrong, because it would get the application's requests.
 */
export function searchCheck(zone: StubZone, search: string): Check {
  const name = `${PROBE_LABEL}.${zone.domain}.${search}`;
  const isOwn = `.${search}`.toLowerCase().endsWith(`.${zone.clusterDomain}`);
  return {
    question: { name, type: typeOf(zone) },
    mayFail: !isOwn,
    complaint: (answer) => {
      if (answer.rcode === "NXDOMAIN" || leadsTo(zone, answer)) return undefined;
      if (!isOwn && answer.addresses.length === 0) return undefined;
      return `answers ${said(answer)} for ${name}: pods try the search domain "${search}" before the stub domain`;
    },
  };
}

function typeOf({ address }: StubZone): "A" | "AAAA" {
  return isIPv6(address) ? "AAAA" : "A";
}

function leadsTo({ address }: StubZone, { addresses }: DnsAnswer): boolean {
  return addresses.some((other) => isSameAddress(address, other));
}

/** IPv6 addresses have several spellings. */
function isSameAddress(one: string, other: string): boolean {
  const family = (address: string) => (isIPv6(address) ? "ipv6" : "ipv4");
  const list = new BlockList();
  list.addAddress(one, family(one));
  return list.check(other, family(other));
}

function said({ rcode, addresses }: DnsAnswer): string {
  return addresses.length > 0 ? addresses.slice(0, 3).join(", ") : `${rcode} without an address`;
}

/** A name from an answer may hold any bytes, and goes to logs and events. */
function printable(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
