/** A token, or one character that no token contains: a blank, a comma, or another. */
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;

/**
 * Rewrites the URLs in a WWW-Authenticate field: quoted parameters that begin with `https://` or `http://`, such as the
 * realm of a Docker registry. Digest is left unchanged: its realm is part of the response's hash (RFC 7616 §3.4.2), so
 * the third party would compute a different hash.
 */
export function rewriteChallenges(value: string, rewrite: (url: string) => string): string {
  let rewritten = "";
  let scheme = "";
  let at = 0;
  while (at < value.length) {
    const end = value[at] === '"' ? endOfQuoted(value, at) : endOfToken(value, at);
    const part = value.slice(at, end);
    if (part.startsWith('"')) {
      const isUrl = scheme !== "digest" && /^"https?:\/\/[^"\\]*"$/i.test(part);
      rewritten += isUrl ? `"${rewrite(part.slice(1, -1))}"` : part;
    } else {
      // A parameter's name is followed directly by `=`.
      if (end - at > 1 && value[end] !== "=") scheme = part.toLowerCase();
      rewritten += part;
    }
    at = end;
  }
  return rewritten;
}

/** Index after the closing quote; the text's length if there is none. */
function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** Index after the token that begins at `start`, or after one character that no token contains. */
function endOfToken(text: string, start: number): number {
  TOKEN.lastIndex = start;
  return TOKEN.test(text) ? TOKEN.lastIndex : start + 1;
}
