/** A token, or a blank, comma or other character that is none. */
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;

/**
 * Rewrites the URLs in a WWW-Authenticate field: quoted parameters that begin with `https://` or `http://`, such as the
 * realm of a Docker registry. Not those of Digest: its realm goes into the response's hash (RFC 7616 §3.4.2), and the
 * third party would compute another one.
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
      // A parameter's name has its `=` at once.
      if (end - at > 1 && value[end] !== "=") scheme = part.toLowerCase();
      rewritten += part;
    }
    at = end;
  }
  return rewritten;
}

/** Behind its closing quote; the text's end where it has none. */
function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** Behind the token that begins there, or behind one character that is in none. */
function endOfToken(text: string, start: number): number {
  TOKEN.lastIndex = start;
  return TOKEN.test(text) ? TOKEN.lastIndex : start + 1;
}
