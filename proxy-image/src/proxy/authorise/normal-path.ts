/** Encoded bytes that some reader decodes before it splits a path, or ignores. */
const DANGEROUS_ESCAPE =
  /%(?:[0-1][0-9a-f]|7f|2[ef]|3b|5c|25[0-9a-f]{2}|2[d]|3[0-9]|[46][1-9a-f]|[57][0-9a]|5f|7e)/i;
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i;
/** What a third party could take for a separator or a dot after its own normalisation. */
const SEPARATORS = /[./\\;%\0]/;

const DOTS = /^\.+$/;
/**
 * What a gateway that decodes once more may trim or ignore: blanks, controls, and characters without a width. Then
 * `..%20/` and `.%E2%80%8B./` are dot segments.
 */
const TRIMMED = /[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * The path of a request target, if everybody reads it in the same way.
 *
 * Undefined for one whose normal form (RFC 3986 §6.2.2) is another text: dot segments, empty segments, `\`,
 * `;` parameters, escapes of `/ . \ ; %` and of characters that need none, escapes that are not UTF-8, and
 * characters that compatibility normalisation turns into separators.
 */
export function normalPath(target: string): string | undefined {
  const query = target.indexOf("?");
  const path = query === -1 ? target : target.slice(0, query);
  if (path.includes("//") || /[\\;]/.test(path) || hasDotSegment(path)) return undefined;
  if (!path.includes("%")) return path;
  if (BROKEN_ESCAPE.test(path) || DANGEROUS_ESCAPE.test(path)) return undefined;
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  // Escapes of ASCII are settled above: what is left to compare is what is beyond.
  const beyond = decoded.replace(/[\0-\x7f]/g, "");
  if (SEPARATORS.test(beyond.normalize("NFKC"))) return undefined;
  return hasDotSegment(decoded.normalize("NFKC").replace(TRIMMED, "")) ? undefined : path;
}

/** Whether a segment is nothing but dots: Windows takes more than two for two. */
function hasDotSegment(path: string): boolean {
  return path.split("/").some((segment) => segment !== "" && DOTS.test(segment));
}
