/**
 * Private, special and documentation ranges (IANA special-purpose registries, RFC 6890): no third party on the
 * Internet has an address there. An upstream's `allowedCidrs` can open them.
 */
export const SPECIAL_RANGES: readonly string[] = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "64:ff9b:1::/48",
  "100::/64",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "2620:4f:8000::/48",
  "3fff::/20",
  "5f00::/16",
  "fc00::/7",
];

/**
 * Ranges of third parties' IPv6 addresses: global unicast (IANA assigns from 2000::/3 only), and the well-known prefix
 * of translators (RFC 6052), whose addresses are checked by the IPv4 address in them.
 */
export const GLOBAL_IPV6: readonly string[] = ["2000::/3", "64:ff9b::/96"];
