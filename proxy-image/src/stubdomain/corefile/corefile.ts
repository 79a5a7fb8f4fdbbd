import type { Token } from "./lex";

/** One plugin's line (and its braces) in a server block. */
export interface Directive {
  /** The plugin's name as written. */
  name: string;
  /** The name and everything that belongs to it. */
  tokens: Token[];
}

/** A server block: `keys { directives }`. */
export interface ServerBlock {
  /** The addresses that it serves, as written, without the commas between them. */
  keys: string[];
  /** What it does, snippets expanded, in the order of the file. */
  directives: Directive[];
  /** Line of its first key, from 1. */
  line: number;
  /** Whether it has braces of its own; without them its plugins go on to the next closing brace or the file's end. */
  hasBraces: boolean;
  /** Index of its first key; absent when the key came from a snippet. */
  start: number | undefined;
  /** Index after its closing brace; absent when it has none, or the brace came from a snippet. */
  end: number | undefined;
}

/** A Corefile, understood as far as CoreDNS does before it asks the plugins. */
export interface Corefile {
  blocks: ServerBlock[];
  /** Files that it imports: what they hold is not known here. */
  imports: string[];
  /** Those of them that stand between the server blocks, where others could follow. */
  topLevelImports: string[];
  /** The text ends inside quotes. */
  openQuote: boolean;
}
