/** What PHP turns into `_` in the names of parameters, and CGI in those of header fields. */
const MANGLED = /[. [-]/g;

/**
 * The names of a query's parameters, each in every form in which a server may read it: lower case, and `.`, ` `, `[` and
 * `-` as `_`, because PHP and CGI do so. Decoded as often as it can be, up to twice: gateways decode once more. What
 * follows a NUL or the bracket of an array is dropped. `;` separates too: Rack and Python did so for long.
 *
 * @param target request target
 */
export function* queryNames(target: string): Iterable<string> {
  const query = target.indexOf("?");
  if (query === -1) return;
  for (const parameter of target.slice(query + 1).split(/[&;?]/)) {
    const equals = parameter.indexOf("=");
    const raw = equals === -1 ? parameter : parameter.slice(0, equals);
    const once = decode(raw.replaceAll("+", " "));
    yield canonical(once);
    if (once.includes("%")) yield canonical(decode(once));
  }
}

/** Broken escapes stay, as most servers leave them. */
function decode(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_escape, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function canonical(name: string): string {
  const nul = name.indexOf("\0");
  const text = (nul === -1 ? name : name.slice(0, nul)).trim();
  // A bracket in front is no array's.
  const bracket = text.indexOf("[", 1);
  return (bracket === -1 ? text : text.slice(0, bracket)).trim().toLowerCase().replace(MANGLED, "_");
}
