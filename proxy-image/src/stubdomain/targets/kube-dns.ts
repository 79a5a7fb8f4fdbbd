import { isDeepStrictEqual } from "node:util";
import { qualified } from "../corefile/zone-key";
import { TakenError, TargetError } from "./error";
import { jsonMembers, type JsonMember } from "./json-members";
import type { Format, Target } from "./target";

/**
 * kube-dns' `stubDomains`, JSON such as `{"egress.local": ["10.96.3.4"]}`, as in GKE. Other entries and the text's
 * formatting are kept.
 *
 * Source: kubernetes/dns pkg/dns/config: kube-dns ignores all of it if a value is not a list of strings.
 */
const format: Format = {
  blank: "{}",
  isBlank: (text) => jsonMembers(text).members.length === 0,
  insert(text, entry) {
    const { key } = memberOf(entry);
    const { open, members } = checkedMembers(text);
    const taken = members.find((member) => isFor(member, key));
    if (taken) {
      throw new TakenError(`stubDomains has an entry for ${key} already`, text.slice(taken.start, taken.end));
    }
    const [first] = members;
    // Inserted as the first member, with the space that precedes the present first one: removing it restores every
    // byte.
    const added = first ? `${text.slice(open, first.start)}${entry},` : entry;
    return text.slice(0, open) + added + text.slice(open);
  },
  remove(text, entry) {
    const own = memberOf(entry);
    const { members } = jsonMembers(text);
    const at = members.findIndex((member) => isFor(member, own.key));
    const [found, before, next] = [members[at], members[at - 1], members[at + 1]];
    if (!found) return text;
    if (!isDeepStrictEqual(found.value, own.value)) {
      throw new TargetError(
        `the entry of stubDomains for ${own.key} is not the one that was put in: it was changed by hand, and has to be taken out by hand`,
      );
    }
    const start = !next && before ? before.end : found.start;
    return text.slice(0, start) + text.slice(next ? next.start : found.end);
  },
  has(text, entry) {
    const own = memberOf(entry);
    return jsonMembers(text).members.some(
      (member) => isFor(member, own.key) && isDeepStrictEqual(member.value, own.value),
    );
  },
  same: (one, other) => isDeepStrictEqual(meaning(memberOf(one)), meaning(memberOf(other))),
  // JSON has no comment that could name an entry's owner.
  isOurs: () => false,
  ownerOf: () => undefined,
  domainOf: (entry) => memberOf(entry).key,
  find(text, domain) {
    const found = jsonMembers(text).members.find((member) => isFor(member, domain));
    return found && text.slice(found.start, found.end);
  },
};

/**
 * JSON of stub domains, which kube-dns and NodeLocal DNSCache read.
 *
 * @param key of the ConfigMap that holds it
 */
export function stubDomains(key = "stubDomains"): Target {
  return {
    format,
    field: ["data", key],
    mayBeMissing: "object",
    isImported: false,
    plugins: () => [],
    entry: ({ domain, forwardTo }) => `${JSON.stringify(domain)}: ${JSON.stringify([forwardTo])}`,
  };
}

function checkedMembers(text: string) {
  const object = jsonMembers(text);
  for (const { key, value } of object.members) {
    if (Array.isArray(value) && value.every((server) => typeof server === "string")) continue;
    throw new TargetError(
      `the entry of stubDomains for ${key} is no list of texts: kube-dns ignores all of it, ours included`,
    );
  }
  return object;
}

/** An entry is one member, without braces. */
function memberOf(entry: string): JsonMember {
  const [member, ...more] = jsonMembers(`{${entry}}`).members;
  if (!member || more.length > 0)
    throw new TargetError("an entry of stubDomains is one domain and its servers");
  return member;
}

function isFor({ key }: JsonMember, domain: string): boolean {
  return qualified(key) === qualified(domain);
}

function meaning({ key, value }: JsonMember) {
  return [qualified(key), value];
}
