import { CorefileError } from "./error";
import { lex, type Token } from "./lex";

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

/** How often a snippet may be expanded, as in CoreDNS: it stops imports in a circle. */
const MAX_EXPANSIONS = 10_000;

/** How many tokens the expansions may add up to: snippets of snippets can double at each step. */
const MAX_TOKENS = 1_000_000;

/**
 * Groups a Corefile's tokens into server blocks as CoreDNS does.
 *
 * Source: caddyfile/parse.go in coredns/caddy, whose verdict on every text is also this function's, except for what
 * only the running CoreDNS knows: environment variables, imported files and the names of its plugins.
 *
 * @throws CorefileError where CoreDNS would refuse the text
 */
export function parseCorefile(corefile: string): Corefile {
  const { tokens, openQuote } = lex(corefile);
  const parser = new Parser(tokens);
  const blocks = parser.parse();
  return { blocks, imports: parser.imports, topLevelImports: parser.topLevelImports, openQuote };
}

class Parser {
  readonly imports: string[] = [];
  readonly topLevelImports: string[] = [];
  private cursor = -1;
  private readonly snippets = new Map<string, Token[]>();
  private expansions = 0;
  private readonly own: ReadonlySet<Token>;

  constructor(private tokens: Token[]) {
    this.own = new Set(tokens);
  }

  parse(): ServerBlock[] {
    const blocks: ServerBlock[] = [];
    while (this.next()) {
      const block = this.serverBlock();
      // A block without any key is legal, and CoreDNS ignores it.
      if (block && block.keys.length > 0) blocks.push(block);
    }
    return blocks;
  }

  private serverBlock(): ServerBlock | undefined {
    const { keys, first, atEnd } = this.keys();
    const block: ServerBlock = {
      keys,
      directives: [],
      line: first?.line ?? this.line,
      hasBraces: false,
      start: first && this.positionOf(first)?.start,
      end: undefined,
    };
    if (atEnd) return block;

    const snippet = keys.length === 1 ? /^\((.*)\)$/s.exec(keys[0]!)?.[1] : undefined;
    if (snippet !== undefined) {
      this.defineSnippet(snippet);
      return undefined;
    }

    const braces = this.is("{");
    // Without braces there is one server block, and it reaches to the end of the file.
    if (!braces) this.cursor--;
    block.hasBraces = braces;
    const closing = this.directives(block.directives);
    if (braces) {
      // At the end of the file CoreDNS looks at the last token again: the brace of the last plugin passes for
      // the block's own. The text is legal, but nothing can be appended to it.
      if (!this.is("}")) {
        throw new CorefileError(`the server block "${keys.join(" ")}" has no closing brace "}"`, block.line);
      }
      block.end = closing && this.positionOf(closing)?.end;
    }
    return block;
  }

  private keys() {
    const keys: string[] = [];
    let first: Token | undefined;
    let expectsAnother = false;
    for (;;) {
      const token = this.token;
      if (token?.text === "import" && this.isNewLine()) {
        const before = this.imports.length;
        this.expandImport();
        this.topLevelImports.push(...this.imports.slice(before));
        continue;
      }
      if (token?.text === "{") {
        if (expectsAnother)
          throw new CorefileError('expected another address after the comma, found "{"', token.line);
        return { keys, first, atEnd: false };
      }
      if (token && token.text !== "") {
        first ??= token;
        expectsAnother = token.text.endsWith(",");
        keys.push(expectsAnother ? token.text.slice(0, -1) : token.text);
      }
      if (!this.next()) {
        if (expectsAnother)
          throw new CorefileError("the file ends after a comma between addresses", this.line);
        return { keys, first, atEnd: true };
      }
      if (!expectsAnother && this.isNewLine()) return { keys, first, atEnd: false };
    }
  }

  /** Reads plugins up to the closing brace, which it returns, or to the end of the file. */
  private directives(into: Directive[]): Token | undefined {
    while (this.next()) {
      const token = this.token!;
      if (token.text === "}") return token;
      if (token.text === "import") {
        this.expandImport();
        this.cursor--;
        continue;
      }
      into.push(this.directive(token));
    }
    return undefined;
  }

  private directive(name: Token): Directive {
    const directive = { name: name.text, tokens: [name] };
    let depth = 0;
    while (this.next()) {
      const token = this.token!;
      if (token.text === "{") {
        depth++;
      } else if (depth === 0 && this.isNewLine()) {
        this.cursor--;
        break;
      } else if (token.text === "}") {
        if (depth === 0) {
          throw new CorefileError(
            `"}" on the line of "${name.text}" closes nothing: put it on a new line`,
            token.line,
          );
        }
        depth--;
      } else if (token.text === "import" && this.isNewLine()) {
        this.expandImport();
        this.cursor--;
        continue;
      }
      directive.tokens.push(token);
    }
    if (depth > 0) throw new CorefileError(`"{" of "${name.text}" is never closed with "}"`, name.line);
    return directive;
  }

  private defineSnippet(name: string): void {
    const line = this.line;
    if (this.snippets.has(name)) throw new CorefileError(`the snippet (${name}) is defined twice`, line);
    if (!this.is("{")) throw new CorefileError(`the snippet (${name}) must be followed by "{"`, line);
    const body: Token[] = [];
    let depth = 1;
    while (this.next()) {
      if (this.is("}") && --depth === 0) break;
      if (this.is("{")) depth++;
      body.push(this.token!);
    }
    if (depth !== 0) throw new CorefileError(`the snippet (${name}) has no closing brace "}"`, line);
    const importsItself = body.some(
      (token, at) =>
        token.text === "import" && body[at + 1]?.text === name && body[at - 1]?.line !== token.line,
    );
    if (importsItself) throw new CorefileError(`the snippet (${name}) imports itself`, line);
    this.snippets.set(name, body);
  }

  /** Puts a snippet's tokens in the place of `import NAME`, and leaves the cursor on the first of them. */
  private expandImport(): void {
    const line = this.line;
    if (!this.nextOnLine()) throw new CorefileError('"import" needs the name of a snippet or file', line);
    const name = this.text;
    if (name === "") throw new CorefileError('"import" needs the name of a snippet or file, found ""', line);
    if (this.nextOnLine()) throw new CorefileError('"import" takes one name only', line);
    const snippet = this.snippets.get(name);
    if (!snippet) {
      if (!isImportPattern(name)) {
        throw new CorefileError(`"import" takes one "*" or "?" and no brackets, found "${name}"`, line);
      }
      this.imports.push(name);
    } else if (++this.expansions > MAX_EXPANSIONS) {
      throw new CorefileError(`the snippet (${name}) is imported more than ${MAX_EXPANSIONS} times`, line);
    }
    // A token object stands for one place in the file, so that an expanded one is a copy.
    const copies = (snippet ?? []).map((token) => ({ ...token }));
    if (this.tokens.length + copies.length > MAX_TOKENS) {
      throw new CorefileError(`the imported snippets add up to more than ${MAX_TOKENS} words`, line);
    }
    this.tokens = [
      ...this.tokens.slice(0, this.cursor - 1),
      ...copies,
      ...this.tokens.slice(this.cursor + 1),
    ];
    this.cursor--;
  }

  private get token(): Token | undefined {
    return this.tokens[this.cursor];
  }

  private get text(): string {
    return this.token?.text ?? "";
  }

  private is(text: string): boolean {
    return this.text === text;
  }

  private get line(): number {
    return (this.token ?? this.tokens.at(-1))?.line ?? 1;
  }

  private next(): boolean {
    if (this.cursor >= this.tokens.length - 1) return false;
    this.cursor++;
    return true;
  }

  private nextOnLine(): boolean {
    const following = this.tokens[this.cursor + 1];
    if (following?.line !== lastLine(this.token)) return false;
    this.cursor++;
    return true;
  }

  /** Whether the token stands on a later line than the one before it. */
  private isNewLine(): boolean {
    if (this.cursor < 1) return true;
    const token = this.token;
    return token !== undefined && lastLine(this.tokens[this.cursor - 1]) < token.line;
  }

  /** Where the token stands in the file; absent for those that a snippet brought. */
  private positionOf(token: Token): Token | undefined {
    return this.own.has(token) ? token : undefined;
  }
}

/** A quoted token may end some lines below the one where it starts. */
function lastLine(token: Token | undefined): number {
  return token ? token.line + token.text.split("\n").length - 1 : 0;
}

/** Whether CoreDNS takes it: one `*` or `?` at most, and no pair of brackets. */
function isImportPattern(name: string): boolean {
  const repeated = (character: string): boolean => name.indexOf(character) !== name.lastIndexOf(character);
  return !repeated("*") && !repeated("?") && !(name.includes("[") && name.includes("]"));
}
