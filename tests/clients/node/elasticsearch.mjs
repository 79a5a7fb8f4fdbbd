import assert from "node:assert/strict";
import { Client } from "@elastic/elasticsearch";
import { check, egress } from "./check.mjs";

const client = new Client({
  node: egress("my.es.eu-west-1.aws.found.io"),
  auth: { apiKey: "a2V5" },
  maxRetries: 0,
});
const index = "things";

await check("search", async () => {
  const { hits } = await client.search({ index, query: { match: { name: "Grüße" } } });
  assert.deepEqual(hits.hits[0]._source, { name: "Grüße" });
});
await check("search by GET with a body", async () => {
  const body = { query: { match: { name: "x" } } };
  const { hits } = await client.transport.request({ method: "GET", path: "/things/_search", body });
  assert.deepEqual(hits.hits[0]._source, { name: "x" });
});
await check("bulk", async () => {
  const { errors } = await client.bulk({ operations: [{ index: { _index: index } }, { name: "a" }] });
  assert.equal(errors, false);
});
await check("exists, by HEAD", async () => assert.equal(await client.indices.exists({ index }), true));
await check("error of the vendor", () =>
  assert.rejects(client.get({ index: "none", id: "1" }), /index_not_found_exception/),
);
