import type { Token } from "./lex";

/** One plugin in a server block: its line and its braces. */
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
  /** Its plugins, with snippets expanded, in the order of the file. */
  directives: Directive[];
  /** Files that are imported among its plugins, as written; their contents are unknown here. */
  imports: string[];
  /** Line of its first key, from 1. */
  line: number;
  /** Whether it has its own braces; without them it reaches to the next closing brace or the end of the file. */
  hasBraces: boolean;
  /** Index of its first key; absent if the key came from a snippet. */
  start: number | undefined;
  /** Index after its closing brace; absent if it has none, or if the brace came from a snippet. */
  end: number | undefined;
}

/** A Corefile, parsed as far as CoreDNS does before it calls the plugins. */
export interface Corefile {
  blocks: ServerBlock[];
  /** Files that it imports; their contents are unknown here. */
  imports: string[];
  /** Imports between the server blocks, whose files may contain further blocks. */
  topLevelImports: string[];
  /** The text ends inside quotes. */
  openQuote: boolean;
}
