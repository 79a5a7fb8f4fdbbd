/** Characters of a host that are shown; a DNS name has no more. */
const MOST_HOST = 253;
/** Characters of a path that are shown. */
const MOST_PATH = 512;

/**
 * The part of a request target that may be shown in the log or to the client: without query and fragment, which contain
 * keys and personal data. A target that was rejected may be a URL with a password: then everything before the last `@`
 * is dropped.
 */
export function pathOf(target: string, most = MOST_PATH): string {
  const end = target.search(/[?#]/);
  let path = end === -1 ? target : target.slice(0, end);
  if (!path.startsWith("/") && path.includes("@")) path = `...${path.slice(path.lastIndexOf("@"))}`;
  return printable(path.length > most ? `${path.slice(0, most)}...` : path);
}

/** The part of a Host field, which may be malformed, that may be shown: without user information. */
export function hostOf(header: string): string {
  return printable(header.slice(header.lastIndexOf("@") + 1).slice(0, MOST_HOST));
}

const PRINTABLE = /^[\x20-\x7e]*$/;

/** Replaces everything but visible ASCII and blanks by `\xNN`. */
function printable(text: string): string {
  // The usual case: a test costs a third of a replacement that finds nothing.
  if (PRINTABLE.test(text)) return text;
  return text.replace(/[^\x20-\x7e]/g, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
