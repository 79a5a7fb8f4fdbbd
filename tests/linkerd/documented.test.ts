import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { documentedQueries, queriesOf } from "./queries/documented";

describe("the documents' queries", () => {
  it("are found in blocks, in curl's arguments and in the text", () => {
    const markdown = [
      "```promql",
      "sum by (a) (rate(x_total[5m]))",
      "max(y)",
      "```",
      "curl --data-urlencode 'query=sum by (b) (z_total)'",
      'until `sum(rate(v_total{client="none"}[5m]))` is zero; `w_total{policy=~"lockdown-.*"}` counts',
      "the labels of `egress_requests_total{upstream,client,status}`; `outbound_http_route_*`",
    ].join("\n");
    assert.deepEqual(queriesOf(markdown), [
      "sum by (a) (rate(x_total[5m]))",
      "max(y)",
      "sum by (b) (z_total)",
      'sum(rate(v_total{client="none"}[5m]))',
      'w_total{policy=~"lockdown-.*"}',
    ]);
  });

  it("about the mesh are these many", () => {
    const count = (file: string) => documentedQueries().filter((found) => found.file === file).length;
    assert.deepEqual([count("lockdown.md"), count("mesh.md")], [5, 1]);
  });
});
