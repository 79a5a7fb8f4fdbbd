/**
 * A Set-Cookie value without its Domain: the cookie then belongs to the one name in the cluster that was
 * called (RFC 6265 §5.3), and none crosses from one third party to another under the common domain.
 */
export function withoutDomain(value: string): string {
  if (!/domain/i.test(value)) return value;
  const [pair, ...attributes] = value.split(";");
  return [pair, ...attributes.filter((attribute) => !/^\s*domain\s*(?:=|$)/i.test(attribute))].join(";");
}
