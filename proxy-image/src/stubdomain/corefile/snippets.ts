import { CorefileError } from "./error";
import type { Token } from "./lex";
import type { TokenCursor } from "./token-cursor";

/** Maximum number of expansions of a snippet, as in CoreDNS: it stops circular imports. */
const MAX_EXPANSIONS = 10_000;

/** Maximum number of tokens of all expansions: nested snippets can double at each step. */
const MAX_TOKENS = 1_000_000;

/** The imports of a Corefile: its own snippets, which are expanded, and files, whose names are kept. */
export class Snippets {
  /** Names of files, as written. */
  readonly files: string[] = [];
  private readonly snippets = new Map<string, Token[]>();
  private expansions = 0;

  constructor(private readonly cursor: TokenCursor) {}

  /** Reads the tokens after a snippet's name. */
  define(name: string): void {
    const { cursor } = this;
    const { line } = cursor;
    if (this.snippets.has(name)) throw new CorefileError(`the snippet (${name}) is defined twice`, line);
    if (!cursor.is("{")) throw new CorefileError(`the snippet (${name}) must be followed by "{"`, line);
    const body: Token[] = [];
    let depth = 1;
    while (cursor.next()) {
      if (cursor.is("}") && --depth === 0) break;
      if (cursor.is("{")) depth++;
      body.push(cursor.token!);
    }
    if (depth !== 0) throw new CorefileError(`the snippet (${name}) has no closing brace "}"`, line);
    const importsItself = body.some(
      (token, at) =>
        token.text === "import" && body[at + 1]?.text === name && body[at - 1]?.line !== token.line,
    );
    if (importsItself) throw new CorefileError(`the snippet (${name}) imports itself`, line);
    this.snippets.set(name, body);
  }

  /** Replaces `import NAME` by a snippet's tokens, and leaves the cursor on the first of them. */
  expand(): void {
    const { cursor } = this;
    const { line } = cursor;
    if (!cursor.nextOnLine()) throw new CorefileError('"import" needs the name of a snippet or file', line);
    const name = cursor.text;
    if (name === "") throw new CorefileError('"import" needs the name of a snippet or file, found ""', line);
    if (cursor.nextOnLine()) throw new CorefileError('"import" takes one name only', line);
    const snippet = this.snippets.get(name);
    if (!snippet) {
      if (!isImportPattern(name)) {
        throw new CorefileError(`"import" takes one "*" or "?" and no brackets, found "${name}"`, line);
      }
      this.files.push(name);
    } else if (++this.expansions > MAX_EXPANSIONS) {
      throw new CorefileError(`the snippet (${name}) is imported more than ${MAX_EXPANSIONS} times`, line);
    }
    // A token object stands for one position in the file, so expanded tokens are copies.
    const copies = (snippet ?? []).map((token) => ({ ...token }));
    if (cursor.size + copies.length > MAX_TOKENS) {
      throw new CorefileError(`the imported snippets add up to more than ${MAX_TOKENS} words`, line);
    }
    cursor.replacePair(copies);
  }
}

/** Whether CoreDNS accepts it: at most one `*` or `?`, and no pair of brackets. */
function isImportPattern(name: string): boolean {
  const repeated = (character: string): boolean => name.indexOf(character) !== name.lastIndexOf(character);
  return !repeated("*") && !repeated("?") && !(name.includes("[") && name.includes("]"));
}
