import { conflictingHost, duplicateHost, malformedTarget, missingHost } from "../errors/failures";
import type { RequestHead } from "../message/request-head";
import { canonicalHost } from "../message/host";
import { type Rejection, reject } from "./rejection";

/**
 * Origin-form (RFC 9112 §3.2.1): a path and an optional query. Visible ASCII without `#`: no request may have one, and
 * some parsers cut the target there.
 */
const ORIGIN_FORM = /^\/[\x21\x22\x24-\x7e]*$/;
/** Absolute-form (RFC 9112 §3.2.2): scheme, authority, path and query. */
const ABSOLUTE_FORM = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?]*)((?:[/?].*)?)$/;

/**
 * Rejects a request whose target and Host do not name one host and one path. Afterwards `head.target` is in
 * origin-form, or `*`, and `head.host` is the host that the request is for.
 */
export function resolveTarget(head: RequestHead): Rejection | undefined {
  if (head.hosts > 1) return reject(duplicateHost, `It has ${head.hosts} of them.`);
  const { target, method } = head;
  if (target.startsWith("/")) {
    if (!ORIGIN_FORM.test(target)) return reject(malformedTarget, FRAGMENT);
    return head.hosts === 0 ? reject(missingHost) : undefined;
  }
  if (target !== "*") return resolveAbsolute(head);
  if (method !== "OPTIONS") {
    return reject(
      malformedTarget,
      "`*` stands for the server as a whole: only OPTIONS takes it (RFC 9112 §3.2.4).",
    );
  }
  return head.hosts === 0 ? reject(missingHost) : undefined;
}

const FRAGMENT =
  "A fragment (`#...`) stays with the client (RFC 9110 §7.1); escape a `#` of the path as `%23`.";

/**
 * RFC 9112 §3.2.2: a server must accept absolute-form, and the target's authority counts, not Host. A different Host is
 * accepted only if it names the same third party, which the next stage checks: a sidecar or a proxy before this one may
 * have decided by Host, and RFC 9112 §3.2 does not allow clients to send such a pair.
 */
function resolveAbsolute(head: RequestHead): Rejection | undefined {
  const parts = ABSOLUTE_FORM.exec(head.target);
  if (!parts) return reject(malformedTarget, "A path begins with a slash (RFC 9112 §3.2.1).");
  const [, scheme, authority, rest] = parts as unknown as [string, string, string, string];
  if (scheme.toLowerCase() !== "http") {
    return reject(
      malformedTarget,
      "This connection is http, so a URL of another scheme can't mean it (RFC 9110 §7.4): `http://...` to this proxy " +
        "means https outside.",
    );
  }
  if (head.target.includes("#")) return reject(malformedTarget, FRAGMENT);
  if (authority.includes("@")) {
    return reject(malformedTarget, "User information in a URL is not accepted (RFC 9110 §4.2.4).");
  }
  const effective = identityOf(authority);
  if (effective === undefined) {
    return reject(
      malformedTarget,
      "Between `http://` and the path must stand a host name with an optional port.",
    );
  }
  // RFC 9112 §3.2: HTTP/1.1 needs a Host even here; HTTP/1.0 has none.
  if (head.hosts === 0 && head.version !== "1.0") return reject(missingHost);
  if (head.host !== undefined && identityOf(head.host) !== effective) {
    if (portOf(head.host) !== portOf(authority)) return reject(conflictingHost);
    head.otherHost = head.host;
  }
  head.host = authority;
  head.target = originForm(head.method, rest);
  return undefined;
}

/**
 * @param rest path and query; an empty path becomes `/` (RFC 9112 §3.2.1), and `*` for an OPTIONS without both (§3.2.4)
 */
function originForm(method: string, rest: string): string {
  if (rest === "" && method === "OPTIONS") return "*";
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** `host:port` in one form for all spellings of one authority; undefined if it is invalid. */
function identityOf(authority: string): string | undefined {
  const host = canonicalHost(authority);
  return host && `${host}:${portOf(authority)}`;
}

function portOf(authority: string): string {
  const colon = authority.indexOf(":");
  return colon === -1 ? "80" : authority.slice(colon + 1);
}
