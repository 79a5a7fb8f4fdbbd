/**
 * Rewrites a Set-Cookie value for a client that used the third party's name in the cluster, over plain HTTP.
 *
 * - `Domain` is removed: the cookie then belongs to the requested name only (RFC 6265 §5.3), and is not sent to another
 *   third party under the common domain.
 * - `Secure` is removed: curl, requests, aiohttp, Guzzle and LWP would never send the cookie back over http://. The
 *   mesh encrypts that hop. `SameSite=None` and `Partitioned` are removed too, because they are void without it.
 *
 * Cookies whose names begin with `__Secure-` or `__Host-` can't work: a client must drop such a cookie without `Secure`
 * (RFC 6265bis §4.1.3), and the third party would not recognise another name.
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
