import { BlockList, isIPv6 } from "node:net";
import { PROBE_LABEL } from "../../contract/stub-domain/probe";
import type { DnsAnswer, Question } from "./message";

/** Resolvers query both at once. */
const ADDRESS_TYPES = ["A", "AAAA"] as const;

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

/**
 * A listed name leads to its Service by either type of address. The type that the Service lacks has no data: at
 * NXDOMAIN musl and .NET ignore the other type's answer too, and an address of the other family is no answer to it.
 */
export function listedChecks(zone: StubZone): Check[] {
  const name = `${PROBE_LABEL}.${zone.domain}`;
  return ADDRESS_TYPES.map((type) => ({
    question: { name, type },
    complaint: (answer) => {
      if (type === typeOf(zone.address)) {
        if (leadsTo(zone, answer)) return undefined;
        return `answers ${said(answer)} for ${name} instead of the Service's ${zone.address}`;
      }
      const isRight = answer.addresses.every((address) => typeOf(address) === type);
      if (answer.rcode === "NOERROR" && isRight) return undefined;
      return `answers ${said(answer)} for ${name}, type ${type}, instead of NOERROR without one: the name has type ${typeOf(zone.address)}`;
    },
  }));
}

/** The cluster's own names still resolve. */
export function clusterCheck(zone: StubZone): Check {
  const name = `kubernetes.default.svc.${zone.clusterDomain}`;
  return {
    question: { name, type: typeOf(zone.address) },
    complaint: (answer) => (answer.addresses.length > 0 ? undefined : `answers ${said(answer)} for ${name}`),
  };
}

/**
 * With ndots:5, names of the stub domain are looked up in the search domains first, where they must not exist: the
 * first answer wins, and musl's resolver also stops at an empty one. Search domains other than the cluster's belong to
 * others; in these only an address is wrong, because it would receive the application's requests.
 */
export function searchChecks(zone: StubZone, search: string): Check[] {
  const name = `${PROBE_LABEL}.${zone.domain}.${search}`;
  const isOwn = `.${search}`.toLowerCase().endsWith(`.${zone.clusterDomain}`);
  return ADDRESS_TYPES.map((type) => ({
    question: { name, type },
    mayFail: !isOwn,
    complaint: (answer) => {
      if (answer.rcode === "NXDOMAIN" || leadsTo(zone, answer)) return undefined;
      // Without an address the other type does no harm: musl stops only if both types are empty.
      const mayBeEmpty = !isOwn || type !== typeOf(zone.address);
      if (mayBeEmpty && answer.addresses.length === 0) return undefined;
      return `answers ${said(answer)} for ${name}: pods try the search domain "${search}" before the stub domain`;
    },
  }));
}

/**
 * Before the stub domain exists: no name of it may have an address in a search domain, whoever's it is. An empty answer
 * is what the proof judges.
 */
export function strangerChecks(zone: StubZone, search: string): Check[] {
  return searchChecks(zone, search).map(({ complaint, ...check }) => ({
    ...check,
    mayFail: true,
    complaint: (answer) => (answer.addresses.length > 0 ? complaint(answer) : undefined),
  }));
}

function typeOf(address: string): "A" | "AAAA" {
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
