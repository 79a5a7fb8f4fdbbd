import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { type Vendor, type VendorRequest, demand, json, sendJson } from "../stage/vendor";
import { verifySignature } from "./sigv4";

/** Objects by `/bucket/key`, and the parts of uploads by their id. */
const objects = new Map<string, Buffer>();
const uploads = new Map<string, Buffer[]>();

/** Amazon S3 with the bucket in the path: put, get, ranges, lists, multipart uploads, presigned requests. */
export const s3: Vendor = {
  hosts: ["s3.eu-west-1.amazonaws.com"],
  async handle(request, response) {
    await verifySignature(request, "s3");
    const { method, url } = request;
    const key = decodeURIComponent(url.pathname);
    const upload = url.searchParams.get("uploadId");
    if (method === "PUT" && upload !== null) putPart(request, response, upload);
    else if (method === "PUT") putObject(request, response, key);
    else if (method === "POST" && url.searchParams.has("uploads")) beginUpload(response, key);
    else if (method === "POST" && upload !== null) endUpload(response, key, upload);
    else if (method === "GET" && url.searchParams.get("list-type") === "2") list(response, key);
    else if (method === "DELETE") response.writeHead(204).end();
    else getObject(request, response, key);
  },
};

function putObject(request: VendorRequest, response: ServerResponse, key: string): void {
  const body = bodyOf(request);
  objects.set(key, body);
  response.writeHead(200, { etag: etag(body), "content-length": "0" }).end();
}

function getObject({ method, headers }: VendorRequest, response: ServerResponse, key: string): void {
  const body = objects.get(key);
  if (body === undefined) {
    sendXml(
      response,
      "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>",
      404,
    );
    return;
  }
  const [, first, end] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
  const last = end === "" ? body.length - 1 : Number(end);
  const part = first === undefined ? body : body.subarray(Number(first), last + 1);
  const range: Record<string, string> =
    first === undefined ? {} : { "content-range": `bytes ${first}-${last}/${body.length}` };
  const length = String(part.length);
  response.writeHead(first === undefined ? 200 : 206, {
    etag: etag(body),
    "content-length": length,
    ...range,
  });
  response.end(method === "HEAD" ? undefined : part);
}

function list(response: ServerResponse, bucket: string): void {
  const keys = [...objects.keys()].filter((key) => key.startsWith(`${bucket.replace(/\/$/, "")}/`));
  const contents = keys.map((key) => `<Contents><Key>${key.split("/").slice(2).join("/")}</Key></Contents>`);
  sendXml(
    response,
    `<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join("")}</ListBucketResult>`,
  );
}

function beginUpload(response: ServerResponse, key: string): void {
  const id = `upload-${uploads.size + 1}`;
  uploads.set(id, []);
  const [, bucket, ...name] = key.split("/");
  sendXml(
    response,
    `<InitiateMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${name.join("/")}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
  );
}

function putPart(request: VendorRequest, response: ServerResponse, upload: string): void {
  const parts = uploads.get(upload);
  demand(parts !== undefined, `there is no upload ${upload}`);
  const body = bodyOf(request);
  parts[Number(request.url.searchParams.get("partNumber")) - 1] = body;
  response.writeHead(200, { etag: etag(body), "content-length": "0" }).end();
}

function endUpload(response: ServerResponse, key: string, upload: string): void {
  objects.set(key, Buffer.concat(uploads.get(upload)!));
  // As S3 does while it puts the parts together: blanks before the XML keep the connection awake.
  response.writeHead(200, { "content-type": "application/xml" });
  response.write('<?xml version="1.0" encoding="UTF-8"?>\n');
  setTimeout(() => {
    response.end(
      `\n\n<CompleteMultipartUploadResult><Location>https://s3.eu-west-1.amazonaws.com${key}</Location><ETag>"x-2"</ETag></CompleteMultipartUploadResult>`,
    );
  }, 50);
}

/** The body without the frames of `aws-chunked`, which some SDKs use for trailing checksums. */
function bodyOf({ body, headers }: VendorRequest): Buffer {
  if (!String(headers["content-encoding"]).includes("aws-chunked")) return body;
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const line = body.indexOf("\r\n", at);
    demand(line >= 0, "aws-chunked ends in the middle");
    const size = parseInt(body.toString("latin1", at, line), 16);
    if (size === 0) return Buffer.concat(pieces);
    pieces.push(body.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}

function etag(body: Buffer): string {
  return `"${createHash("md5").update(body).digest("hex")}"`;
}

function sendXml(response: ServerResponse, xml: string, status = 200): void {
  response
    .writeHead(status, { "content-type": "application/xml" })
    .end(`<?xml version="1.0" encoding="UTF-8"?>${xml}`);
}

/** Amazon SQS: JSON, the operation in a header field. */
export const sqs: Vendor = {
  hosts: ["sqs.eu-west-1.amazonaws.com"],
  async handle(request, response) {
    await verifySignature(request, "sqs");
    const amz = { "content-type": "application/x-amz-json-1.0" };
    const { MessageBody: text = "hello" } = json(request) as { MessageBody?: string };
    const md5 = createHash("md5").update(text).digest("hex");
    switch (request.headers["x-amz-target"]) {
      case "AmazonSQS.SendMessage":
        sendJson(response, { MessageId: "m1", MD5OfMessageBody: md5 }, 200, amz);
        return;
      case "AmazonSQS.ReceiveMessage":
        sendJson(
          response,
          { Messages: [{ MessageId: "m1", ReceiptHandle: "r1", Body: text, MD5OfBody: md5 }] },
          200,
          amz,
        );
        return;
      default:
        sendJson(
          response,
          { __type: "com.amazonaws.sqs#QueueDoesNotExist", message: "no such queue" },
          400,
          amz,
        );
    }
  },
};
