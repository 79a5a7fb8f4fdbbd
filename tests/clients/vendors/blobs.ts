import { createHash, createHmac } from "node:crypto";
import { type Vendor, type VendorRequest, demand, json, sendJson } from "../stage/vendor";

const ACCOUNT = "acct";
/** Base64, as Azure shows keys. */
const KEY = "c2VjcmV0";

const blobs = new Map<string, Buffer>();
const blocks = new Map<string, Buffer>();

/** Azure Blob Storage, with Shared Key: every field that counts is signed. */
export const azure: Vendor = {
  hosts: ["acct.blob.core.windows.net"],
  handle(request, response) {
    verifySharedKey(request);
    const { method, url, body, headers } = request;
    const path = decodeURIComponent(url.pathname);
    const common = { "x-ms-request-id": "1", "x-ms-version": String(headers["x-ms-version"]), etag: '"1"' };
    const block = url.searchParams.get("blockid");
    if (method === "PUT" && block !== null) blocks.set(block, body);
    else if (method === "PUT" && url.searchParams.get("comp") === "blocklist") {
      const ids = [...body.toString().matchAll(/<Latest>([^<]+)<\/Latest>/g)].map(([, id]) => id!);
      blobs.set(path, Buffer.concat(ids.map((id) => blocks.get(id)!)));
    } else if (method === "PUT") {
      demand(headers["x-ms-blob-type"] === "BlockBlob", "there is no x-ms-blob-type");
      blobs.set(path, body);
    } else {
      const blob = blobs.get(path);
      if (blob === undefined) {
        const error =
          "<Error><Code>BlobNotFound</Code><Message>The specified blob does not exist.</Message></Error>";
        const xml = { "content-type": "application/xml", "x-ms-error-code": "BlobNotFound" };
        response.writeHead(404, { ...common, ...xml }).end(`<?xml version="1.0" encoding="utf-8"?>${error}`);
        return;
      }
      if (method === "HEAD") {
        response
          .writeHead(200, { ...common, "content-length": String(blob.length), "x-ms-blob-type": "BlockBlob" })
          .end();
        return;
      }
      const [, first = "0", end] =
        /^bytes=(\d+)-(\d+)?$/.exec(String(headers["x-ms-range"] ?? headers.range)) ?? [];
      const last = Math.min(end === undefined ? Infinity : Number(end), blob.length - 1);
      const part = blob.subarray(Number(first), last + 1);
      const range = {
        "content-range": `bytes ${first}-${last}/${blob.length}`,
        "last-modified": new Date(0).toUTCString(),
      };
      response
        .writeHead(206, {
          ...common,
          ...range,
          "content-length": String(part.length),
          "x-ms-blob-type": "BlockBlob",
        })
        .end(part);
      return;
    }
    response
      .writeHead(201, { ...common, "last-modified": new Date(0).toUTCString(), "content-length": "0" })
      .end();
  },
};

/** "Authorize with Shared Key", Azure Storage's reference: what is signed, in this order. */
const SIGNED_FIELDS = [
  ...["content-encoding", "content-language", "content-length", "content-md5", "content-type", "date"],
  ...["if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range"],
];

function verifySharedKey({ method, url, headers }: VendorRequest): void {
  const field = (name: string) => String(headers[name] ?? "");
  const fields = SIGNED_FIELDS.map((name) =>
    name === "content-length" && field(name) === "0" ? "" : field(name),
  );
  const own = Object.keys(headers).filter((name) => name.startsWith("x-ms-"));
  const parameters = [...url.searchParams].map(([name, value]) => `\n${name.toLowerCase()}:${value}`);
  const text = [
    ...[method, ...fields],
    ...own.sort().map((name) => `${name}:${field(name)}`),
    `/${ACCOUNT}${url.pathname}${parameters.sort().join("")}`,
  ].join("\n");
  const signature = createHmac("sha256", Buffer.from(KEY, "base64")).update(text).digest("base64");
  demand(
    headers.authorization === `SharedKey ${ACCOUNT}:${signature}`,
    `AuthenticationFailed, signed was ${text}`,
  );
}

/** Google Cloud Storage: uploads as a multipart/related body, or to an address that a Location names. */
export const gcs: Vendor = {
  hosts: ["storage.googleapis.com"],
  policy: {
    allow: [{ paths: ["/storage/v1/b/bucket/**", "/upload/**", "/download/**", "/resumable/**"] }],
    encodedSlashes: true,
  },
  handle({ method, url, body, headers }, response) {
    const name = decodeURIComponent(url.pathname.split("/o/")[1] ?? url.searchParams.get("name") ?? "");
    if (method === "POST" && url.searchParams.get("uploadType") === "resumable") {
      const location = `https://storage.googleapis.com/upload/storage/v1/b/bucket/o?upload_id=1&name=${encodeURIComponent(name || "large")}`;
      response.writeHead(200, { location, "content-length": "0" }).end();
      return;
    }
    if (method === "PUT") {
      const [, first, last, total] =
        /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers["content-range"] ?? "") ?? [];
      demand(first === undefined || total !== undefined, `Content-Range is ${headers["content-range"]}`);
      demand(first === undefined || Number(last) - Number(first) + 1 === body.length, "the part is cut");
      blobs.set(`gcs/${name}`, body);
      sendJson(response, resource(name, body));
      return;
    }
    if (method === "POST") {
      const boundary = /boundary="?=*([^";]+)"?/.exec(headers["content-type"] ?? "")?.[1];
      demand(boundary !== undefined, `Content-Type is ${headers["content-type"]}`);
      const parts = body.toString().split("\r\n\r\n");
      const content = Buffer.from(parts[2]!.split("\r\n--")[0]!);
      const key =
        name || (json({ body: Buffer.from(parts[1]!.split("\r\n--")[0]!) } as VendorRequest).name as string);
      blobs.set(`gcs/${key}`, content);
      sendJson(response, resource(key, content));
      return;
    }
    const blob = blobs.get(`gcs/${name}`);
    if (blob === undefined) {
      const message = "No such object: bucket/none";
      sendJson(response, { error: { code: 404, message, errors: [{ message, reason: "notFound" }] } }, 404);
    } else if (url.searchParams.get("alt") === "media") {
      response
        .writeHead(200, {
          "x-goog-hash": `crc32c=${crc32c(blob)},md5=${md5(blob)}`,
          "content-length": String(blob.length),
        })
        .end(blob);
    } else sendJson(response, resource(name, blob));
  },
};

function resource(name: string, content: Buffer): object {
  const mediaLink = `https://storage.googleapis.com/download/storage/v1/b/bucket/o/${encodeURIComponent(name)}?alt=media`;
  return {
    kind: "storage#object",
    name,
    bucket: "bucket",
    size: String(content.length),
    crc32c: crc32c(content),
    md5Hash: md5(content),
    mediaLink,
  };
}

function md5(content: Buffer): string {
  return createHash("md5").update(content).digest("base64");
}

/** Castagnoli's CRC (RFC 3720 appendix B.4), big-endian in Base64, as Cloud Storage shows it. */
function crc32c(content: Buffer): string {
  let crc = 0xffffffff;
  for (const byte of content) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(~crc >>> 0);
  return bytes.toString("base64");
}
