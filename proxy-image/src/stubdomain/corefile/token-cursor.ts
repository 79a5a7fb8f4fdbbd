import type { Token } from "./lex";

/** A position in a Corefile's tokens, which snippets may change during parsing. */
export class TokenCursor {
  private at = -1;
  private readonly own: ReadonlySet<Token>;

  constructor(private tokens: Token[]) {
    this.own = new Set(tokens);
  }

  get token(): Token | undefined {
    return this.tokens[this.at];
  }

  get text(): string {
    return this.token?.text ?? "";
  }

  is(text: string): boolean {
    return this.text === text;
  }

  get line(): number {
    return (this.token ?? this.tokens.at(-1))?.line ?? 1;
  }

  next(): boolean {
    if (this.at >= this.tokens.length - 1) return false;
    this.at++;
    return true;
  }

  nextOnLine(): boolean {
    const following = this.tokens[this.at + 1];
    if (following?.line !== lastLine(this.token)) return false;
    this.at++;
    return true;
  }

  /** Whether the token is on a later line than the one before it. */
  isNewLine(): boolean {
    if (this.at < 1) return true;
    const token = this.token;
    return token !== undefined && lastLine(this.tokens[this.at - 1]) < token.line;
  }

  /** Position of the token in the file; absent if it came from a snippet. */
  positionOf(token: Token): Token | undefined {
    return this.own.has(token) ? token : undefined;
  }

  /** Goes back by one token. */
  back(): void {
    this.at--;
  }

  /** Present number of tokens. */
  get size(): number {
    return this.tokens.length;
  }

  /** Replaces this token and the one before it, and moves to the first of the new ones. */
  replacePair(others: readonly Token[]): void {
    this.tokens = [...this.tokens.slice(0, this.at - 1), ...others, ...this.tokens.slice(this.at + 1)];
    this.at--;
  }
}

/** A quoted token may span several lines. */
function lastLine(token: Token | undefined): number {
  return token ? token.line + token.text.split("\n").length - 1 : 0;
}
