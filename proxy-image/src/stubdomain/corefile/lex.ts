/** A word of a Corefile, and its position. */
export interface Token {
  /** Without its quotes and escapes; `{$VAR}` is not expanded here. */
  text: string;
  /** Line of its first character, from 1. */
  line: number;
  /** Index of its first character (a quote, if it is quoted). */
  start: number;
  /** Index after its last character (a quote, if it is quoted). */
  end: number;
}

/** A Corefile's tokens. */
export interface Lexed {
  tokens: Token[];
  /** The text ends inside quotes: appended text would become part of the last token. */
  openQuote: boolean;
}

// Go's unicode.IsSpace, which is not JavaScript's \s (that has U+FEFF and lacks U+0085).
const SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/**
 * Splits a Corefile into tokens as CoreDNS does, including its peculiarities.
 *
 * Source: caddyfile/lexer.go in coredns/caddy. The rules that may surprise:
 * - A `#` starts a comment inside a word too. Such a comment ends at the next whitespace, where the word ends, and not
 *   at the end of the line.
 * - A carriage return separates nothing.
 * - Quotes count only at the start of a word, and what follows the closing quote is a word of its own.
 * - In quotes a backslash escapes a quote and nothing else.
 */
export function lex(corefile: string): Lexed {
  const tokens: Token[] = [];
  let line = 1;
  let at = corefile.startsWith("\ufeff") ? 1 : 0;
  let token: Token | undefined;
  let comment = false;

  const finish = () => {
    if (token) tokens.push(token);
    token = undefined;
    comment = false;
  };

  for (; at < corefile.length; at++) {
    const char = corefile.charAt(at);
    if (SPACE.test(char)) {
      if (char === "\r") continue;
      if (char === "\n") {
        line++;
        comment = false;
      }
      if (token) finish();
      continue;
    }
    if (char === "#") comment = true;
    if (comment) continue;
    if (!token && char === '"') {
      const quoted = lexQuoted(corefile, at, line);
      if (quoted.closed || quoted.token.text !== "") tokens.push(quoted.token);
      if (!quoted.closed) return { tokens, openQuote: true };
      line += quoted.lineBreaks;
      at = quoted.token.end - 1;
      continue;
    }
    token ??= { text: "", line, start: at, end: at };
    token.text += char;
    token.end = at + 1;
  }
  finish();
  return { tokens, openQuote: false };
}

function lexQuoted(corefile: string, start: number, line: number) {
  let text = "";
  let lineBreaks = 0;
  let escaped = false;
  for (let at = start + 1; at < corefile.length; at++) {
    const char = corefile.charAt(at);
    if (!escaped && char === "\\") {
      escaped = true;
      continue;
    }
    if (!escaped && char === '"') {
      return { token: { text, line, start, end: at + 1 }, lineBreaks, closed: true };
    }
    if (char === "\n") lineBreaks++;
    text += escaped && char !== '"' ? `\\${char}` : char;
    escaped = false;
  }
  return { token: { text, line, start, end: corefile.length }, lineBreaks, closed: false };
}
