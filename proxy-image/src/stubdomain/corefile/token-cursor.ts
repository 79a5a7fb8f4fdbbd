import type { Token } from "./lex";

/** A place in a Corefile's tokens, which snippets may change as they are read. */
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

  /** Whether the token stands on a later line than the one before it. */
  isNewLine(): boolean {
    if (this.at < 1) return true;
    const token = this.token;
    return token !== undefined && lastLine(this.tokens[this.at - 1]) < token.line;
  }

  /** Where the token stands in the file; absent for those that a snippet brought. */
  positionOf(token: Token): Token | undefined {
    return this.own.has(token) ? token : undefined;
  }

  /** Goes back by one token. */
  back(): void {
    this.at--;
  }

  /** Tokens there are now. */
  get size(): number {
    return this.tokens.length;
  }

  /** Puts others in the place of this token and the one before it, and goes to the first of them. */
  replacePair(others: readonly Token[]): void {
    this.tokens = [...this.tokens.slice(0, this.at - 1), ...others, ...this.tokens.slice(this.at + 1)];
    this.at--;
  }
}

/** A quoted token may end some lines below the one where it starts. */
function lastLine(token: Token | undefined): number {
  return token ? token.line + token.text.split("\n").length - 1 : 0;
}
