/** Characters of a host that are shown; a DNS name has no more. */
const MOST_HOST = 253;
/** Characters of a path that are shown. */
const MOST_PATH = 512;

/**
 * As much of a request target as may be shown, in the log or to the client: without query and fragment, where keys and
 * personal data are. A target that was rejected may be a URL with a password: of that, what stands before the last `@`
 * is dropped.
 */
export function pathOf(target: string, most = MOST_PATH): string {
  const end = target.search(/[?#]/);
  let path = end === -1 ? target : target.slice(0, end);
  if (!path.startsWith("/") && path.includes("@")) path = `...${path.slice(path.lastIndexOf("@"))}`;
  return printable(path.length > most ? `${path.slice(0, most)}...` : path);
}

/** As much of a Host header, which may be malformed, as may be shown: without user information. */
export function hostOf(header: string): string {
  return printable(header.slice(header.lastIndexOf("@") + 1).slice(0, MOST_HOST));
}

/** Everything but visible ASCII and blanks as `\xNN`. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
