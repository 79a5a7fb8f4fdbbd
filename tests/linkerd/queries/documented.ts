import { readFileSync } from "node:fs";
import { join } from "node:path";

const DOCS = join(__dirname, "../../../docs");

/** Files whose queries are about the mesh. */
export const FILES = ["lockdown.md", "mesh.md", "observability.md"] as const;

/** Metrics that only a cluster with a mesh, a lockdown or unmeshed clients has. */
const OF_THE_MESH = /outbound_|inbound_|client="none"|apiserver_validating_admission_policy/;

/**
 * The PromQL queries of a document: lines of `promql` blocks, `query=` arguments of curl, and inline code that is a
 * selector or an aggregation.
 */
export function queriesOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```promql\n(.*?)^```/gms)].flatMap(([, text]) =>
    text!.trim().split("\n"),
  );
  const arguments_ = [...markdown.matchAll(/'query=([^']+)'/g)].map(([, query]) => query!);
  const inline = [
    ...markdown.matchAll(/`((?:sum|max|histogram_quantile)\b[^`]*\(.*?|[a-z_]+_total\{[^`]*=[^`]*\})`/g),
  ]
    .map(([, query]) => query!)
    // A list of labels, such as `egress_requests_total{upstream,client,status}`, is no query.
    .filter((query) => !/\{[a-z_,]+\}/.test(query));
  return [...blocks, ...arguments_, ...inline];
}

/** The queries about the mesh in the documents, by file. */
export function documentedQueries(): { file: string; query: string }[] {
  return FILES.flatMap((file) =>
    queriesOf(readFileSync(join(DOCS, file), "utf8"))
      .filter((query) => OF_THE_MESH.test(query))
      .map((query) => ({ file, query })),
  );
}
