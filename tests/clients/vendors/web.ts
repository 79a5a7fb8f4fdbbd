import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type Vendor, demand, form, json, only, sendJson, sendPieces } from "../stage/vendor";

const HOST = "api.example.com";

/** A plain web API, for HTTP clients that belong to no vendor. */
export const web: Vendor = {
  hosts: [HOST],
  policy: { ...only("/v1/*"), via: false },
  async handle(request, response) {
    const { method, url, headers, body } = request;
    switch (`${method} ${url.pathname}`) {
      case "GET /v1/items":
        sendJson(response, { items: [1, 2], query: url.search });
        return;
      case "HEAD /v1/items":
        response.writeHead(200, { "content-length": "1234", etag: '"abc"' }).end();
        return;
      case "POST /v1/items":
        sendJson(response, { received: json(request) }, 201);
        return;
      case "PATCH /v1/items":
        sendJson(response, { received: Object.fromEntries(form(request)) });
        return;
      case "DELETE /v1/items":
        response.writeHead(204).end();
        return;
      case "PUT /v1/upload":
        sendJson(response, {
          bytes: body.length,
          sha256: createHash("sha256").update(body).digest("hex"),
          chunked: headers["transfer-encoding"] === "chunked",
        });
        return;
      case "GET /v1/gzip": {
        demand(String(headers["accept-encoding"]).includes("gzip"), "the client takes no gzip");
        // nginx compresses nothing for a request with Via (gzip_proxied is off by default).
        demand(headers.via === undefined, `there is a Via: ${headers.via}`);
        const zipped = gzipSync(JSON.stringify({ text: "x".repeat(10_000) }));
        response
          .writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" })
          .end(zipped);
        return;
      }
      case "GET /v1/redirect":
        response.writeHead(302, { location: `https://${HOST}/v1/items?from=redirect` }).end();
        return;
      case "POST /v1/login":
        response
          .writeHead(204, {
            "set-cookie": [`session=s3cr3t; Domain=${HOST}; Path=/; Secure; HttpOnly`, "theme=dark; Path=/"],
          })
          .end();
        return;
      case "GET /v1/account":
        if (headers.cookie?.includes("session=s3cr3t")) sendJson(response, { account: "ada" });
        else sendJson(response, { message: `not logged in: ${headers.cookie ?? "no cookie"}` }, 401);
        return;
      case "GET /v1/stream":
        response.writeHead(200, { "content-type": "text/event-stream" });
        await sendPieces(response, ["data: one\n\n", "data: two\n\n", "data: three\n\n"]);
        return;
      default:
        sendJson(response, { message: `nothing is at ${url.pathname}` }, 404);
    }
  },
};
