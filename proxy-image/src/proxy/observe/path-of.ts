/** Characters of a path in a log line. */
const MOST_PATH = 512;

/**
 * As much of a request target as may be logged: without query and fragment, where keys and personal data are. A target
 * that was rejected may be a URL with a password: of that, what stands before the last `@` is dropped.
 */
export function pathOf(target: string): string {
  const end = target.search(/[?#]/);
  let path = end === -1 ? target : target.slice(0, end);
  if (!path.startsWith("/") && path.includes("@")) path = `...${path.slice(path.lastIndexOf("@"))}`;
  return path.length > MOST_PATH ? `${path.slice(0, MOST_PATH)}…` : path;
}
