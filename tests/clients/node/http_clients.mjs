import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import http from "node:http";
import https from "node:https";
import { Readable } from "node:stream";
import axios from "axios";
import got, { HTTPError } from "got";
import ky from "ky";
import nodeFetch from "node-fetch";
import superagent from "superagent";
import * as undici from "undici";
import { DENIED, check, egress } from "./check.mjs";

const BASE = egress("api.example.com");

/**
 * Each client as a function of method, path, body (JSON) and a stream to upload: its status and text. What it does
 * by default: follows redirects, decodes gzip.
 */
const CLIENTS = {
  "node:http": {
    redirects: false,
    send: (method, path, { headers = {}, json, stream } = {}) =>
      new Promise((resolve, reject) => {
        const type = json ? { "content-type": "application/json" } : {};
        const request = (BASE.startsWith("https:") ? https : http).request(
          BASE + path,
          { method, headers: { ...type, ...headers } },
          (response) => {
            const pieces = [];
            response.on("data", (piece) => pieces.push(piece));
            response.on("end", () =>
              resolve({ status: response.statusCode, text: Buffer.concat(pieces).toString() }),
            );
            response.on("error", reject);
          },
        );
        request.on("error", reject);
        if (stream) stream.pipe(request);
        else request.end(json && JSON.stringify(json));
      }),
  },
  fetch: { redirects: true, decodes: true, send: byFetch(globalThis.fetch) },
  undici: {
    redirects: false,
    async send(method, path, { json, stream, headers } = {}) {
      const type = json ? { "content-type": "application/json" } : {};
      const body = stream ?? (json && JSON.stringify(json));
      const response = await undici.request(BASE + path, { method, body, headers: { ...type, ...headers } });
      return { status: response.statusCode, text: await response.body.text() };
    },
  },
  axios: {
    redirects: true,
    decodes: true,
    async send(method, url, { json, stream, headers } = {}) {
      const options = { baseURL: BASE, method, url, data: json ?? stream, headers, validateStatus: null };
      const response = await axios.request({ ...options, responseType: "text", transformResponse: [] });
      return { status: response.status, text: response.data };
    },
  },
  got: {
    redirects: true,
    decodes: true,
    async send(method, path, { json, stream, headers } = {}) {
      const body = stream ? { body: stream } : json ? { json } : {};
      try {
        const response = await got(BASE + path, { method, headers, retry: { limit: 0 }, ...body });
        return { status: response.statusCode, text: response.body };
      } catch (error) {
        if (!(error instanceof HTTPError)) throw error;
        return { status: error.response.statusCode, text: error.response.body };
      }
    },
  },
  "node-fetch": { redirects: true, decodes: true, send: byFetch(nodeFetch) },
  ky: {
    redirects: true,
    decodes: true,
    send: byFetch((url, options) => ky(url, { ...options, throwHttpErrors: false, retry: 0 })),
  },
  superagent: {
    redirects: true,
    decodes: true,
    async send(method, path, { json, stream, headers = {} } = {}) {
      const request = superagent(method, BASE + path)
        .set(headers)
        .ok(() => true)
        .buffer(true);
      if (stream) {
        return new Promise((resolve, reject) => {
          stream.pipe(request);
          request.on("error", reject).on("response", ({ status, text }) => resolve({ status, text }));
        });
      }
      const response = await (json ? request.send(json) : request);
      return { status: response.status, text: response.text };
    },
  },
};

function byFetch(call) {
  return async (method, path, { json, stream, headers } = {}) => {
    const type = json ? { "content-type": "application/json" } : {};
    const body = stream ?? (json && JSON.stringify(json));
    const duplex = stream ? { duplex: "half" } : {};
    const response = await call(BASE + path, { method, body, headers: { ...type, ...headers }, ...duplex });
    return { status: response.status, text: await response.text() };
  };
}

const { send, redirects, decodes } = CLIENTS[process.argv[2]];

await check("GET", async () => {
  const { status, text } = await send("GET", "/v1/items?a=b%20c&d");
  assert.equal(status, 200);
  assert.deepEqual(JSON.parse(text), { items: [1, 2], query: "?a=b%20c&d" });
});
await check("HEAD", async () => assert.equal((await send("HEAD", "/v1/items")).status, 200));
await check("DELETE, 204", async () => assert.equal((await send("DELETE", "/v1/items")).status, 204));
await check("POST of JSON", async () => {
  const { status, text } = await send("POST", "/v1/items", { json: { name: "Grüße" } });
  assert.equal(status, 201, text);
  assert.deepEqual(JSON.parse(text), { received: { name: "Grüße" } });
});
await check("PUT of a stream", async () => {
  const piece = Buffer.alloc(65_536, "x");
  const { status, text } = await send("PUT", "/v1/upload", { stream: Readable.from(Array(16).fill(piece)) });
  assert.equal(status, 200, text);
  const sha256 = createHash("sha256").update(Buffer.alloc(1_048_576, "x")).digest("hex");
  assert.deepEqual(JSON.parse(text), { bytes: 1_048_576, sha256, chunked: true });
});
if (decodes) {
  await check("gzip", async () => {
    const { text } = await send("GET", "/v1/gzip", { headers: { "accept-encoding": "gzip" } });
    assert.equal(JSON.parse(text).text.length, 10_000);
  });
}
await check("redirect", async () => {
  const { status, text } = await send("GET", "/v1/redirect");
  assert.equal(status, redirects ? 200 : 302);
  if (redirects) assert.equal(JSON.parse(text).query, "?from=redirect");
});
await check("response in pieces", async () => {
  const { text } = await send("GET", "/v1/stream");
  assert.equal(text, "data: one\n\ndata: two\n\ndata: three\n\n");
});
await check("404 of the vendor", async () => {
  const { status, text } = await send("GET", "/v1/nothing");
  assert.equal(status, 404);
  assert.match(text, /nothing is at/);
});
await check("403 of the proxy", async () => {
  const { status, text } = await send("GET", "/v2/items");
  assert.equal(status, 403);
  assert.match(text, DENIED);
});
