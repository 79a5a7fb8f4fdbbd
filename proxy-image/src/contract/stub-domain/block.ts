/** The text of a stub domain. Free of imports, because the component shows the same text for manual installation. */

/** Settings of a stub domain's server block. */
export interface StubBlock {
  /** The zone to forward, such as "egress.local". */
  domain: string;
  /** Port of the cluster's DNS; absent: CoreDNS' default, if the Corefile names none either. */
  port?: number | undefined;
  /** Lines of the default block's `bind` plugin. Either all blocks on one port bind, or none: CoreDNS' bind plugin. */
  bind?: readonly string[] | undefined;
  /** IP of the DNS server to query. */
  forwardTo: string;
  /** Whether to query by TCP, whatever the client uses. */
  forceTcp?: boolean | undefined;
  /** Who manages the block, for the comment above it; absent: no comment. */
  marker?: string | undefined;
}

/**
 * While the DNS server of the domain is unavailable, names that were queried in the last hour keep resolving. Without
 * `verify`, a name that has just been listed or removed would get its old answer once more (plugin/cache, since CoreDNS
 * 1.9.2).
 */
const SERVE_STALE = "1h verify";

/**
 * Concurrent queries to the domain's DNS server; further ones fail at once, so that a server that hangs costs the
 * cluster's DNS 2 MB at most (plugin/forward).
 */
const MAX_CONCURRENT = 1000;

/**
 * A server block that forwards one zone, ending with a line break.
 *
 * It has two spaces of indentation and no cluster domain: minikube and Cilium replace text in Corefiles by patterns
 * with four spaces and with the cluster's domain.
 *
 * @throws Error if a value could end its line
 */
export function stubBlock({ domain, port, bind = [], forwardTo, forceTcp, marker }: StubBlock): string {
  for (const [name, value] of Object.entries({ domain, forwardTo })) {
    if (!/^[\w.:-]+$/.test(value))
      throw new Error(`stub domain: ${name} is "${value}", expected a name or an IP`);
  }
  if (marker !== undefined && /[\r\n]/.test(marker))
    throw new Error("stub domain: the marker must be one line");
  const key = port === undefined ? domain : `${domain}:${port}`;
  const lines = [
    ...bind,
    "errors",
    "cache 30 {",
    `  serve_stale ${SERVE_STALE}`,
    "}",
    `forward . ${forwardTo} {`,
    ...(forceTcp ? ["  force_tcp"] : []),
    `  max_concurrent ${MAX_CONCURRENT}`,
    "}",
  ];
  return [
    ...(marker === undefined ? [] : [`# ${markerText(marker)}`]),
    `${key} {`,
    ...lines.map((line) => `  ${line}`),
    "}",
    "",
  ].join("\n");
}

/**
 * The comment above a managed block.
 *
 * @param marker namespace and name of the anchor, and after a space its owner if known
 */
export function markerText(marker: string): string {
  return `managed by k8s-egress ${marker}`;
}

/** This comment at the end of the text before a block, with its line breaks. */
export const MARKER_LINE = /\n# managed by k8s-egress ([^\n]*)\n$/;
