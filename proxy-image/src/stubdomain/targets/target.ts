import type { TargetObject } from "../cluster/cluster";

/** What is to be told to the cluster's DNS. */
export interface Stub {
  /** Lower case, without the last dot. */
  domain: string;
  /** IP of the DNS server to ask. */
  forwardTo: string;
  /** Namespace and name of the anchor, and the owner if there is one: who manages the entry. */
  marker: string;
  /** Identifies the component across changes of its names; absent: unknown. */
  owner: string | undefined;
}

/** What an entry depends on, as it was observed. */
export interface Surroundings {
  /** The target's object. */
  object: TargetObject | undefined;
  /** The Corefile that the cluster's CoreDNS starts from, for a target that is imported into it. */
  corefile: string | undefined;
}

/**
 * A text in which stub domains are entries. Pure: observed text → desired text.
 *
 * What is put in comes out again byte for byte, whatever others changed beside it meanwhile; what others wrote never
 * changes. All methods throw TargetError where the text or the entry can't be understood.
 */
export interface Format {
  /** What a field that is not there stands for. */
  readonly blank: string;
  /** Whether nothing but space is left of the text. */
  isBlank(text: string): boolean;
  /**
   * The text with one entry more.
   *
   * @throws TakenError when the entry's domain is in it already
   */
  insert(text: string, entry: string): string;
  /**
   * The text without an entry; unchanged when it is not there.
   *
   * @throws TargetError when it was changed by hand
   */
  remove(text: string, entry: string): string;
  /** Whether the text has an entry that says the same, however it is formatted. */
  has(text: string, entry: string): boolean;
  /** Whether two entries say the same. */
  same(one: string, other: string): boolean;
  /** Whether the text has exactly this entry, and it can only be ours: how it is known without a record. */
  isOurs(text: string, entry: string): boolean;
  /** The domain that an entry is for. */
  domainOf(entry: string): string;
  /** Who an entry says that it belongs to. */
  ownerOf(entry: string): string | undefined;
  /** The entry for a domain; undefined when there is none. Throws when that is more than a stub domain. */
  find(text: string, domain: string): string | undefined;
}

/** One way in which clusters configure their DNS. */
export interface Target {
  readonly format: Format;
  /** Field of the object that holds the text: parent and child. */
  readonly field: Field;
  /** What may not be there yet; then it is made, and removed again with the last entry. An object with its field. */
  readonly mayBeMissing: "nothing" | "field" | "object";
  /** Whether {@link Surroundings.corefile} is needed. */
  readonly isImported: boolean;
  /**
   * The entry for a stub domain in this cluster.
   *
   * @throws TargetError when the cluster's DNS would not serve it
   */
  entry(stub: Stub, surroundings: Surroundings): string;
}

export type Field = readonly [parent: "data" | "spec", child: string];
