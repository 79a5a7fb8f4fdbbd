/** Encoded bytes that some servers decode before they split a path, or ignore. */
const DANGEROUS_ESCAPE =
  /%(?:[0-1][0-9a-f]|7f|2[ef]|3b|5c|25(?:[0-9a-f]{2}|u[0-9a-f]{4})|2[d]|3[0-9]|[46][1-9a-f]|[57][0-9a]|5f|7e)/i;
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i;
/** Characters that a third party could take for a separator or a dot after its own normalisation. */
const SEPARATORS = /[./\\;%\0]/;
/** Characters that trimming or a text filter removes: blanks, controls, zero-width characters, marks. */
const REMOVED = /[\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\p{Cf}\p{M}]/u;
/** NFKC turns it into three dots. They are no dot segment, and many titles end with this character. */
const ELLIPSIS = "\u2026";

/**
 * Path of a request target; undefined if servers could read it differently.
 *
 * That is a path whose normal form (RFC 3986 §6.2.2) is another text: dot segments, empty segments, `\`, `;`
 * parameters, escapes of `/ . \ ; %` and of characters that need none, escapes that are not UTF-8, and characters that
 * compatibility normalisation turns into separators. It is also a path with a segment that becomes a dot segment, or
 * empty, in a server that decodes once more and trims (`..%20`), truncates (`..%3F`) or takes dots for one another
 * (`...`).
 *
 * @param encodedSlashes `%2F` is a character of its segment (GitLab's `group%2Fproject`, objects in Google's storage,
 * scopes of npm). Between two of them dots are still ambiguous: `..%2F..` leaves its folder in a server that decodes
 * early.
 */
export function normalPath(target: string, encodedSlashes = false): string | undefined {
  const query = target.indexOf("?");
  const path = query === -1 ? target : target.slice(0, query);
  if (path.includes("//") || /[\\;]/.test(path)) return undefined;
  if (!path.includes("%")) return /\/[.+]/.test(path) && hasNoName(path) ? undefined : path;
  const judged = encodedSlashes ? path.replace(/%2f/gi, "/") : path;
  if (BROKEN_ESCAPE.test(judged) || DANGEROUS_ESCAPE.test(judged)) return undefined;
  let decoded: string;
  try {
    decoded = decodeURIComponent(judged);
  } catch {
    return undefined;
  }
  if (hasSeparator(decoded) || hasNoName(decoded)) return undefined;
  // RFC 3986 §6.2.2.1: escapes in upper case, as patterns have them.
  return encodedSlashes ? path.replaceAll("%2f", "%2F") : path;
}

/**
 * Whether a character beyond ASCII becomes a separator; escapes of ASCII are checked before. Each character is
 * normalised alone: a run of combining marks would make normalisation sort.
 */
function hasSeparator(decoded: string): boolean {
  for (const character of decoded) {
    if (character > "\x7f" && character !== ELLIPSIS && SEPARATORS.test(character.normalize("NFKC")))
      return true;
  }
  return false;
}

/** Whether a segment has only dots and characters that a server may remove. */
function hasNoName(decoded: string): boolean {
  return decoded.split("/").some((segment) => segment !== "" && isDots(segment));
}

/** @param segment decoded, not empty */
function isDots(segment: string): boolean {
  let dots = false;
  let visible = false;
  for (const character of segment) {
    if (character === ".") dots = true;
    // `+` is a blank in forms, and for some servers in paths.
    else if (character === "+") visible = true;
    // Some servers end a path, or a file's name, here (NTFS streams: `..::$INDEX_ALLOCATION`).
    else if (character === "?" || character === "#" || character === ":") return dots;
    else if (!REMOVED.test(character)) return false;
  }
  return dots || !visible;
}
