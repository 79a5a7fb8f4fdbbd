/**
 * Whether a path pattern matches every path that another one matches: `/v1/**` includes `/v1/charges` and `/v1/*`. The
 * forms of patterns are those of the policy.
 */
export function includesPaths(wide: string, narrow: string): boolean {
  const [wider, narrower] = [wide, narrow].map((pattern) => pattern.split("/")) as [string[], string[]];
  for (const [at, segment] of wider.entries()) {
    const other = narrower[at];
    if (other === undefined) return false;
    // One or more segments, of which the first is not empty.
    if (segment === "**") return other !== "";
    const isIncluded = segment === "*" ? other !== "" && other !== "**" : other === segment;
    if (!isIncluded) return false;
  }
  return narrower.length === wider.length;
}
