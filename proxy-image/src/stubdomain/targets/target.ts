import type { TargetShape } from "../../contract/stub-domain/target-ref";
import type { TargetObject } from "../cluster/cluster";

/** The stub domain that the cluster's DNS must serve. */
export interface Stub {
  /** Lower case, without the last dot. */
  domain: string;
  /** IP of the DNS server to query. */
  forwardTo: string;
  /** Namespace and name of the anchor, and the owner if there is one: they identify the manager of the entry. */
  marker: string;
  /** Identifies the component across changes of its names; absent: unknown. */
  owner: string | undefined;
}

/** Observed objects that an entry depends on. */
export interface Surroundings {
  /** The target's object. */
  object: TargetObject | undefined;
  /** The Corefile that the cluster's CoreDNS starts from, for a target that it imports. */
  corefile: string | undefined;
}

/**
 * A text in which stub domains are entries. Pure: observed text → desired text.
 *
 * Removing an entry restores the text byte for byte, whatever others changed elsewhere in it; text of others never
 * changes. All methods throw TargetError if the text or the entry can't be parsed.
 */
export interface Format {
  /** The text that an absent field stands for. */
  readonly blank: string;
  /** Whether the text contains nothing but whitespace. */
  isBlank(text: string): boolean;
  /**
   * Adds an entry.
   *
   * @throws TakenError if the text already has an entry for its domain
   */
  insert(text: string, entry: string): string;
  /**
   * Removes an entry; the text is unchanged if it does not have it.
   *
   * @throws TargetError if the entry was changed by hand
   */
  remove(text: string, entry: string): string;
  /** Whether the text has an entry with the same meaning, however it is formatted. */
  has(text: string, entry: string): boolean;
  /** Whether two entries have the same meaning. */
  same(one: string, other: string): boolean;
  /** Whether the text has exactly this entry, and it can only be ours: recognises it without a record. */
  isOurs(text: string, entry: string): boolean;
  /** The domain that an entry is for. */
  domainOf(entry: string): string;
  /** The owner that an entry names. */
  ownerOf(entry: string): string | undefined;
  /** The entry for a domain; undefined if there is none. Throws if it is not only a stub domain. */
  find(text: string, domain: string): string | undefined;
}

/** One way in which clusters configure their DNS. */
export interface Target {
  readonly format: Format;
  /** Field of the object that holds the text: parent and child. */
  readonly field: Field;
  /** What may be absent: it is then created, and removed again with the last entry. An object with its field. */
  readonly mayBeMissing: TargetShape["mayBeMissing"];
  /** Whether {@link Surroundings.corefile} is needed. */
  readonly isImported: boolean;
  /** The plugins that CoreDNS needs for the files that it loads with ours; none if it is no CoreDNS. */
  plugins(surroundings: Surroundings): string[];
  /**
   * The entry for a stub domain in this cluster.
   *
   * @throws TargetError if the cluster's DNS would not serve it
   */
  entry(stub: Stub, surroundings: Surroundings): string;
}

export type Field = readonly [parent: "data" | "spec", child: string];
