import type { ObjectName } from "../../proxy-image/src/contract/stub-domain/objects";
import { stubBlock } from "../../proxy-image/src/contract/stub-domain/block";

/** What our server block depends on. */
export interface Block {
  anchor: ObjectName;
  domain: string;
  forceTcp: boolean;
}

const DOMAIN = "domain.placeholder";
const ADDRESS = "address.placeholder";
const PORT = 65_535;
const LABELS = "[a-z0-9-]+(?:[.][a-z0-9-]+)*";
/** An address, an interface or a variable, perhaps in quotes. */
const BIND_WORD = '"?(?:[\\w.:%/-]|[{][$]\\w+[}])+"?';

/** Matches exactly what the controller inserts: {@link stubBlock} with this domain, any port, address and `bind`. */
export function insertable({ anchor, domain, forceTcp }: Block): string {
  const marker = `${anchor.namespace}/${anchor.name}`;
  const text = `\n${stubBlock({ domain: DOMAIN, port: PORT, forwardTo: ADDRESS, forceTcp, marker })}`;
  const word = ` ${BIND_WORD}`;
  const bind = `  bind(?:${word})+(?: [{]\\n(?:    except(?:${word})+\\n)+  [}])?\\n`;
  return literal(text)
    .replace(literal(marker), `${literal(marker)}(?: [0-9a-f]+)?`)
    .replace(literal(`${DOMAIN}:${PORT} {\n`), `${literal(domain)}(?::[0-9]+)? [{]\\n(?:${bind})*`)
    .replace(literal(ADDRESS), "[0-9a-fA-F.:]+");
}

/**
 * Matches a stub domain's block by its words, however they are formatted: for the domain, or for any other domain below
 * the controller's own comment, which is the previous domain after a change of `domain`.
 */
export function removable({ anchor, domain }: Block): string {
  const comment = `#[\\t ]*managed by k8s-egress ${literal(`${anchor.namespace}/${anchor.name}`)}(?: [0-9a-f]+)?[\\t\\r ]*\\n\\s*`;
  const plugin = '"?(?:bind|errors|cache|forward)\\b(?:[{][$]\\w+[}]|[^{}\\n])*(?:[{][^{}]*[}])?';
  return `(?:^|\\s*\\n)\\s*(?:${comment}${LABELS}|"?${literal(domain)})(?::[0-9]+)?"?\\s*[{](?:\\s+${plugin})*\\s*[}][\\t\\r ]*\\n?`;
}

/** Uses bracket expressions, because CEL's own strings would need each backslash twice. */
function literal(text: string): string {
  return text.replace(/[.(){}*+?|$]/g, "[$&]").replaceAll("\n", "\\n");
}
