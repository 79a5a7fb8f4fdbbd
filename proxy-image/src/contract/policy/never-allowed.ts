/**
 * Ranges that are never connected to, whatever an upstream's `allowedCidrs` say: the pod itself, its node, and the
 * cloud's metadata services. IPv4 inside IPv6 is included: it is another spelling of an address, and no name resolves
 * to it for a good reason.
 */
export const NEVER_ALLOWED: readonly { readonly what: string; readonly cidr: string }[] = [
  { what: "this network", cidr: "0.0.0.0/8" },
  { what: "loopback", cidr: "127.0.0.0/8" },
  { what: "link-local", cidr: "169.254.0.0/16" },
  { what: "multicast", cidr: "224.0.0.0/4" },
  { what: "reserved addresses", cidr: "240.0.0.0/4" },
  { what: "Alibaba Cloud's metadata service", cidr: "100.100.100.200/32" },
  { what: "Azure's platform service", cidr: "168.63.129.16/32" },
  { what: "Oracle Cloud's metadata service", cidr: "192.0.0.192/32" },
  { what: "loopback", cidr: "::/96" },
  { what: "IPv4 inside IPv6", cidr: "::ffff:0:0/96" },
  { what: "AWS's metadata service", cidr: "fd00:ec2::254/128" },
  { what: "Google Cloud's metadata service", cidr: "fd20:ce::254/128" },
  { what: "link-local", cidr: "fe80::/10" },
  { what: "site-local", cidr: "fec0::/10" },
  { what: "multicast", cidr: "ff00::/8" },
];
