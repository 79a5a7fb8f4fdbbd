import { type Vendor, demand, json, only, sendJson } from "../stage/vendor";

/** Algolia: JSON in a body without the JSON type, keys in header fields, several hosts. */
export const algolia: Vendor = {
  hosts: ["app-dsn.algolia.net", "app-1.algolianet.com"],
  policy: only("/1/indexes/*/query", "/1/indexes/*/objects"),
  handle(request, response) {
    const key = request.headers["x-algolia-api-key"] ?? request.url.searchParams.get("x-algolia-api-key");
    demand(key === "key", "there is no x-algolia-api-key");
    // The first host is out of order: the client has to go to the second one.
    if (request.host === "app-dsn.algolia.net") {
      sendJson(response, { message: "Service Unavailable" }, 503);
      return;
    }
    const { query } = json(request);
    sendJson(response, { hits: [{ objectID: "1", name: query }], nbHits: 1, query, params: "" });
  },
};

/** Elasticsearch: a media type of its own, a product check, newline-delimited JSON, searches by GET with a body. */
export const elastic: Vendor = {
  hosts: ["my.es.eu-west-1.aws.found.io"],
  policy: { bodyMethods: ["GET"] },
  handle(request, response) {
    const { method, url, headers } = request;
    demand(headers.authorization === "ApiKey a2V5", `Authorization is ${headers.authorization}`);
    const type = String(headers["content-type"] ?? headers.accept);
    const product = {
      "x-elastic-product": "Elasticsearch",
      "content-type": type.includes("compatible-with=9")
        ? "application/vnd.elasticsearch+json;compatible-with=9"
        : "application/json",
    };
    switch (`${method} ${url.pathname}`) {
      case "POST /things/_search":
      case "GET /things/_search": {
        const { query } = json(request) as { query: { match: object } };
        const hit = { _index: "things", _id: "1", _score: 1, _source: query.match };
        sendJson(
          response,
          { took: 1, timed_out: false, hits: { total: { value: 1 }, hits: [hit] } },
          200,
          product,
        );
        return;
      }
      case "PUT /_bulk":
      case "POST /_bulk": {
        const lines = request.body.toString().trim().split("\n");
        demand(type.includes("x-ndjson"), `Content-Type is ${type}`);
        const items = lines.filter((_, i) => i % 2 === 0).map(() => ({ index: { _id: "1", status: 201 } }));
        sendJson(response, { errors: false, items }, 200, product);
        return;
      }
      case "HEAD /things":
        response.writeHead(200, product).end();
        return;
      default:
        sendJson(
          response,
          { error: { type: "index_not_found_exception", reason: "no such index" }, status: 404 },
          404,
          product,
        );
    }
  },
};

/** Vault: the method LIST, tokens in header fields. */
export const vault: Vendor = {
  hosts: ["vault.example.com"],
  policy: { allow: [{ methods: ["GET", "POST", "PUT", "LIST", "DELETE"], paths: ["/v1/secret/**"] }] },
  handle(request, response) {
    const { method, url, headers } = request;
    demand(headers["x-vault-token"] === "hvs.1", "there is no X-Vault-Token");
    const data = { data: { password: "p" }, metadata: { version: 1 } };
    switch (`${method} ${url.pathname}`) {
      case "LIST /v1/secret/metadata/apps":
      case "LIST /v1/secret/metadata/apps/":
        sendJson(response, { data: { keys: ["one", "two/"] } });
        return;
      case "GET /v1/secret/data/apps/one":
        sendJson(response, { data });
        return;
      case "GET /v1/secret/metadata/apps":
        // Vault's own client for Go lists so.
        demand(url.searchParams.get("list") === "true", "it is a folder");
        sendJson(response, { data: { keys: ["one", "two/"] } });
        return;
      case "PUT /v1/secret/data/apps/one":
      case "POST /v1/secret/data/apps/one":
        demand((json(request).data as { password?: string }).password === "p", "the body has no password");
        sendJson(response, { data: { version: 2 } });
        return;
      default:
        sendJson(response, { errors: [] }, 404);
    }
  },
};
