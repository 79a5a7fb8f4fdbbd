import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Storage } from "@google-cloud/storage";
import { check, denied, egress } from "./check.mjs";

const storage = new Storage({
  apiEndpoint: egress("storage.googleapis.com"),
  projectId: "project",
  retryOptions: { autoRetry: false },
});
const bucket = storage.bucket("bucket");

await check("upload and download", async () => {
  const file = bucket.file("a folder/Grüße.txt");
  await file.save("hello", { resumable: false });
  assert.equal((await file.download())[0].toString(), "hello");
});
await check("resumable upload", async () => {
  const file = bucket.file("large");
  await file.save(Buffer.alloc(3_000_000, "x"), { resumable: true });
  assert.equal((await file.download())[0].length, 3_000_000);
});
await check("error of the vendor", () => assert.rejects(bucket.file("none").download(), /No such object/));
await check("403 of the proxy", () => denied(() => storage.bucket("other").getMetadata()));
