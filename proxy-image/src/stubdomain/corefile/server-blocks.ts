import type { Corefile, Directive, ServerBlock } from "./corefile";
import { CorefileError } from "./error";
import { lex, type Token } from "./lex";
import { Snippets } from "./snippets";
import { TokenCursor } from "./token-cursor";

/**
 * Groups a Corefile's tokens into server blocks as CoreDNS does.
 *
 * Source: caddyfile/parse.go in coredns/caddy. This function accepts and rejects the same texts, except for what only
 * the running CoreDNS knows: environment variables, imported files and the names of its plugins.
 *
 * @throws CorefileError if CoreDNS would reject the text
 */
export function parseCorefile(corefile: string): Corefile {
  const { tokens, openQuote } = lex(corefile);
  const parser = new Parser(tokens);
  const blocks = parser.parse();
  return { blocks, imports: parser.imports, topLevelImports: parser.topLevelImports, openQuote };
}

class Parser {
  readonly topLevelImports: string[] = [];
  private readonly cursor: TokenCursor;
  private readonly snippets: Snippets;

  constructor(tokens: Token[]) {
    this.cursor = new TokenCursor(tokens);
    this.snippets = new Snippets(this.cursor);
  }

  get imports(): string[] {
    return this.snippets.files;
  }

  parse(): ServerBlock[] {
    const blocks: ServerBlock[] = [];
    while (this.cursor.next()) {
      const block = this.serverBlock();
      // A block without any key is valid, and CoreDNS ignores it.
      if (block && block.keys.length > 0) blocks.push(block);
    }
    return blocks;
  }

  private serverBlock(): ServerBlock | undefined {
    const { keys, first, atEnd } = this.keys();
    const block: ServerBlock = {
      keys,
      directives: [],
      imports: [],
      line: first?.line ?? this.cursor.line,
      hasBraces: false,
      start: first && this.cursor.positionOf(first)?.start,
      end: undefined,
    };
    if (atEnd) return block;

    const snippet = keys.length === 1 ? /^\((.*)\)$/s.exec(keys[0]!)?.[1] : undefined;
    if (snippet !== undefined) {
      this.snippets.define(snippet);
      return undefined;
    }

    const braces = this.cursor.is("{");
    // Without braces there is one server block, and it reaches to the end of the file.
    if (!braces) this.cursor.back();
    block.hasBraces = braces;
    const closing = this.directives(block);
    if (braces) {
      // At the end of the file CoreDNS looks at the last token again, so the brace of the last plugin also counts as
      // the block's own. The text is valid, but nothing can be appended to it.
      if (!this.cursor.is("}")) {
        throw new CorefileError(`the server block "${keys.join(" ")}" has no closing brace "}"`, block.line);
      }
      block.end = closing && this.cursor.positionOf(closing)?.end;
    }
    return block;
  }

  private keys() {
    const keys: string[] = [];
    let first: Token | undefined;
    let expectsAnother = false;
    for (;;) {
      const token = this.cursor.token;
      if (token?.text === "import" && this.cursor.isNewLine()) {
        const before = this.imports.length;
        this.snippets.expand();
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
      if (!this.cursor.next()) {
        if (expectsAnother)
          throw new CorefileError("the file ends after a comma between addresses", this.cursor.line);
        return { keys, first, atEnd: true };
      }
      if (!expectsAnother && this.cursor.isNewLine()) return { keys, first, atEnd: false };
    }
  }

  /** Reads plugins up to the closing brace, which it returns, or to the end of the file. */
  private directives({ directives, imports }: ServerBlock): Token | undefined {
    while (this.cursor.next()) {
      const token = this.cursor.token!;
      if (token.text === "}") return token;
      if (token.text === "import") {
        const before = this.imports.length;
        this.snippets.expand();
        imports.push(...this.imports.slice(before));
        this.cursor.back();
        continue;
      }
      directives.push(this.directive(token));
    }
    return undefined;
  }

  private directive(name: Token): Directive {
    const directive = { name: name.text, tokens: [name] };
    let depth = 0;
    while (this.cursor.next()) {
      const token = this.cursor.token!;
      if (token.text === "{") {
        depth++;
      } else if (depth === 0 && this.cursor.isNewLine()) {
        this.cursor.back();
        break;
      } else if (token.text === "}") {
        if (depth === 0) {
          throw new CorefileError(
            `"}" on the line of "${name.text}" closes nothing: put it on a new line`,
            token.line,
          );
        }
        depth--;
      } else if (token.text === "import" && this.cursor.isNewLine()) {
        this.snippets.expand();
        this.cursor.back();
        continue;
      }
      directive.tokens.push(token);
    }
    if (depth > 0) throw new CorefileError(`"{" of "${name.text}" is never closed with "}"`, name.line);
    return directive;
  }
}
