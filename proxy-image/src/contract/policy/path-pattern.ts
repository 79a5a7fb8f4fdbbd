/**
 * A segment that all servers read the same way: unreserved and sub-delims without `;`, `:` and `@` (RFC 3986 §3.3);
 * also the escaped slash, which a third party reads the same way if its upstream has `encodedSlashes`.
 */
const SEGMENT = /^(?:[A-Za-z0-9._~!$&'()*+,=:@-]|%2F)+$/;

/**
 * Whether a text is a pattern for paths: literal segments, `*` for any single segment, and `**` at the end for one or
 * more.
 */
export function isPathPattern(pattern: string): boolean {
  if (!pattern.startsWith("/") || pattern.length > 1_000) return false;
  if (pattern === "/") return true;
  const segments = pattern.slice(1).split("/");
  return segments.every((segment, index) => {
    const last = index === segments.length - 1;
    if (segment === "*") return true;
    if (segment === "**" || segment === "") return last;
    return SEGMENT.test(segment) && !segment.includes("*") && segment !== "." && segment !== "..";
  });
}

/**
 * Compiles the pattern to a test of normalised paths.
 *
 * `*` and `**` match no empty segment, except the one after a trailing slash of `**`: `/v1/**` matches `/v1/a`,
 * `/v1/a/b` and `/v1/a/`, not `/v1` and not `/v1/`.
 */
export function compilePathPattern(pattern: string): (path: string) => boolean {
  if (!pattern.includes("*")) return (path) => path === pattern;
  const source = pattern
    .split("/")
    .map((segment) => {
      if (segment === "*") return "[^/]+";
      if (segment === "**") return "[^/].*";
      return segment.replace(/[.+*?^${}()|[\]\\]/g, "\\$&");
    })
    .join("/");
  const expression = new RegExp(`^${source}$`);
  return (path) => expression.test(path);
}
