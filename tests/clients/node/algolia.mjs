import assert from "node:assert/strict";
import { algoliasearch } from "algoliasearch";
import { check, denied } from "./check.mjs";

const host = (name) => ({ url: `${name}.egress.local`, accept: "readWrite", protocol: "http" });
const hosts = [host("app-dsn.algolia.net"), host("app-1.algolianet.com")];
const algolia = algoliasearch("app", "key", { hosts });

await check("search, the first host ill", async () => {
  const { hits } = await algolia.searchSingleIndex({ indexName: "things", searchParams: { query: "Grüße" } });
  assert.equal(hits[0].name, "Grüße");
});
await check("403 of the proxy", () => denied(() => algolia.listIndices()));
