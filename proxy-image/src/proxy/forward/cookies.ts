/**
 * A Set-Cookie value for a client that called by the name in the cluster, which is plain HTTP to it.
 *
 * - `Domain` goes: the cookie belongs to the one name that was called (RFC 6265 §5.3), and none crosses from one third
 *   party to another under the common domain.
 * - `Secure` goes: over http:// curl, requests, aiohttp, Guzzle and LWP would never send the cookie back. The mesh
 *   encrypts that hop. With it go `SameSite=None` and `Partitioned`, which are void without it.
 *
 * Names that begin with `__Secure-` or `__Host-` can't be helped: a client must drop such a cookie without `Secure`
 * (RFC 6265bis §4.1.3), and under another name the third party would not know it.
 */
export function cookieInCluster(value: string): string {
  if (!/domain|secure|samesite|partitioned/i.test(value)) return value;
  const [pair, ...attributes] = value.split(";");
  return [pair, ...attributes.filter((attribute) => !isOfTheOrigin(attribute))].join(";");
}

function isOfTheOrigin(attribute: string): boolean {
  const equals = attribute.indexOf("=");
  const name = (equals === -1 ? attribute : attribute.slice(0, equals)).trim().toLowerCase();
  if (name === "samesite")
    return (
      equals !== -1 &&
      attribute
        .slice(equals + 1)
        .trim()
        .toLowerCase() === "none"
    );
  return name === "domain" || name === "secure" || name === "partitioned";
}
