/**
 * The text of a stub domain. Free of imports: the component shows the same text to those who paste it themselves.
 */

/** What a stub domain's server block says. */
export interface StubBlock {
  /** The zone to forward, such as "egress.local". */
  domain: string;
  /** Where the cluster's DNS listens; absent: CoreDNS' default, for a Corefile that says none either. */
  port?: number | undefined;
  /** Lines of the default block's `bind` plugin. Blocks on one port must all bind or none: CoreDNS' bind plugin. */
  bind?: readonly string[] | undefined;
  /** IP of the DNS server to ask. */
  forwardTo: string;
  /** Whether to ask by TCP, whatever the client uses. */
  forceTcp?: boolean | undefined;
  /** Who manages the block, for the comment above it; absent: no comment. */
  marker?: string | undefined;
}

/**
 * While the DNS server of the domain is away, names that were asked for in the last hour keep resolving. `verify`,
 * because without it a name that is listed anew, or no longer, would be answered once more as it was: plugin/cache,
 * since CoreDNS 1.9.2.
 */
const SERVE_STALE = "1h verify";

/**
 * Questions that may wait for the domain's DNS server at a time; more are refused at once, so that one that hangs
 * costs the cluster's DNS 2 MB at most: plugin/forward.
 */
const MAX_CONCURRENT = 1000;

/**
 * A server block that forwards one zone, ending with a line break.
 *
 * Two spaces of indentation and no cluster domain: minikube and Cilium replace text in Corefiles by patterns with
 * four spaces and with the cluster's domain.
 *
 * @throws Error when a value could end the line that it stands on
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
 * The comment above a block that is managed.
 *
 * @param marker namespace and name of the anchor, and after a space its owner if that is known
 */
export function markerText(marker: string): string {
  return `managed by k8s-egress ${marker}`;
}

/** Such a comment at the end of what stands before a block, with its line breaks. */
export const MARKER_LINE = /\n# managed by k8s-egress ([^\n]*)\n$/;
