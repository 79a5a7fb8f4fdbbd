import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { check, egress } from "./check.mjs";

const credential = new StorageSharedKeyCredential("acct", "c2VjcmV0");
const service = new BlobServiceClient(egress("acct.blob.core.windows.net"), credential, {
  retryOptions: { maxTries: 1 },
});
const container = service.getContainerClient("things");

await check("upload and download", async () => {
  const blob = container.getBlockBlobClient("a folder/Grüße.txt");
  await blob.upload("hello", 5);
  assert.equal((await blob.downloadToBuffer()).toString(), "hello");
});
await check("upload in blocks", async () => {
  const blob = container.getBlockBlobClient("large");
  const content = Buffer.alloc(9_000_000, "x");
  await blob.uploadData(content, { blockSize: 4_194_304, maxSingleShotSize: 1_048_576 });
  assert.ok((await blob.downloadToBuffer()).equals(content));
});
await check("error of the vendor", () =>
  assert.rejects(container.getBlockBlobClient("none").download(), { statusCode: 404, code: "BlobNotFound" }),
);
