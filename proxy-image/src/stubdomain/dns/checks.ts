import { BlockList, isIPv6 } from "node:net";
import { PROBE_LABEL } from "../../contract/stub-domain/probe";
import type { DnsAnswer, Question } from "./message";

/** The zone that the cluster's DNS must serve. */
export interface StubZone {
  domain: string;
  /** The primary name server that only our own zone file has: lower case, with the last dot. */
  mname: string;
  /** Address of our DNS server's Service, for which its zone has an alias. */
  address: string;
  /** Such as "cluster.local". */
  clusterDomain: string;
}

/** One question, and the check of its answer. */
export interface Check {
  question: Question;
  complaint: (answer: DnsAnswer) => string | undefined;
  /** No answer at all is no failure: it does not depend on the cluster's DNS alone. */
  mayFail?: boolean;
}

/** The cluster's DNS answers from our zone. */
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
 * Proves that our DNS server is queried now: no cache has this name, because it has never been queried before. It is
 * below the probe's name, because a wildcard ends where a name exists (RFC 4592 §4.4): a zone with an audit answers all
 * others.
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

/** A listed name leads to its Service. */
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

/** The cluster's own names still resolve. */
export function clusterCheck(zone: StubZone): Check {
  const name = `kubernetes.default.svc.${zone.clusterDomain}`;
  return {
    question: { name, type: typeOf(zone) },
    complaint: (answer) => (answer.addresses.length > 0 ? undefined : `answers ${said(answer)} for ${name}`),
  };
}

/**
 * With ndots:5, names of the stub domain are looked up in the search domains first, where they must not exist: the
 * first answer wins, and musl's resolver also stops at an empty one. Search domains other than the cluster's belong to
 * others; in these only an address is wrong, because it would receive the application's requests.
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

/** A name in an answer may contain any bytes, and is written to logs and events. */
function printable(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
