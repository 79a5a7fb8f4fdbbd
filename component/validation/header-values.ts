import { isHeaderText, isSettable } from "../../proxy-image/src/contract/names/header-fields";
import type { HeaderValue } from "../args/access";
import { checkObject, isRecord } from "./checks/checks";
import { type Problems, show } from "./checks/problems";
import { checkCredentialName } from "./credentials";

const KEYS: (keyof HeaderValue)[] = ["credential", "prefix"];

/**
 * Adds a problem for every error in header fields with credentials as values.
 *
 * @param accepts whether a field that can be set may be set here
 */
export function checkHeaderValues(
  fields: unknown,
  path: string,
  credentials: ReadonlySet<string> | undefined,
  problems: Problems,
  accepts: (name: string) => boolean = () => true,
): void {
  const example = `{ authorization: { credential: "stripe", prefix: "Bearer " } }`;
  if (!isRecord(fields)) {
    problems.add(path, `is ${show(fields)}; write it as in ${example}`);
    return;
  }
  for (const [name, value] of Object.entries(fields)) {
    const at = `${path}.${name}`;
    if (!isSettable(name) || !accepts(name)) {
      problems.add(
        at,
        `is a field that can't be set; give one in lower case that is not the proxy's own, such as "authorization"`,
      );
    }
    const header = checkObject(value, at, KEYS, example, problems);
    if (!header) continue;
    checkCredentialName(header.credential, `${at}.credential`, credentials, problems);
    const { prefix } = header;
    if (prefix !== undefined && !(typeof prefix === "string" && isHeaderText(prefix))) {
      problems.add(`${at}.prefix`, `is ${show(prefix)}; give printable ASCII, such as "Bearer "`);
    }
  }
}
