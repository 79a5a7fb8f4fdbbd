import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import * as s3 from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, SQSClient, SendMessageCommand } from "@aws-sdk/client-sqs";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { check, egress } from "./check.mjs";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
const region = "eu-west-1";

/** The name that is signed must be the one that the third party is called by. */
function signHostOf(client, host) {
  // With the client package it is.
  if (process.env.EGRESS_DOMAIN !== undefined) return client;
  const middleware = (next) => (args) => {
    args.request.headers.host = host;
    return next(args);
  };
  client.middlewareStack.add(middleware, { step: "build", priority: "low", name: "signHost" });
  return client;
}

const host = `s3.${region}.amazonaws.com`;
const endpoint = egress(host);
const client = signHostOf(
  new s3.S3Client({ region, credentials, endpoint, forcePathStyle: true, maxAttempts: 1 }),
  host,
);
const key = "a folder/Grüße+(1).txt";
const object = { Bucket: "bucket", Key: key };

async function s3Checks() {
  await check("put and get", async () => {
    await client.send(new s3.PutObjectCommand({ ...object, Body: "hello" }));
    const { Body } = await client.send(new s3.GetObjectCommand(object));
    assert.equal(await Body.transformToString(), "hello");
  });
  await check("head and range", async () => {
    const { ContentLength } = await client.send(new s3.HeadObjectCommand(object));
    const { Body } = await client.send(new s3.GetObjectCommand({ ...object, Range: "bytes=1-2" }));
    assert.deepEqual([ContentLength, await Body.transformToString()], [5, "el"]);
  });
  await check("list", async () => {
    const { Contents } = await client.send(new s3.ListObjectsV2Command({ Bucket: "bucket" }));
    assert.equal(Contents[0].Key, key);
  });
  await check("upload of a stream in parts", async () => {
    const piece = Buffer.alloc(1_048_576, "x");
    const params = { Bucket: "bucket", Key: "large", Body: Readable.from(Array(11).fill(piece)) };
    await new Upload({ client, params, partSize: 5_242_880 }).done();
    const { ContentLength } = await client.send(new s3.HeadObjectCommand({ Bucket: "bucket", Key: "large" }));
    assert.equal(ContentLength, 11_534_336);
  });
  await check("a presigned URL", async () => {
    const command = new s3.GetObjectCommand(object);
    const plain = new s3.S3Client({ region, credentials, endpoint: `https://${host}`, forcePathStyle: true });
    const url = await getSignedUrl(plain, command, { expiresIn: 60 });
    const { pathname, search } = new URL(url);
    const response = await globalThis.fetch(endpoint + pathname + search);
    assert.equal(await response.text(), "hello");
  });
  await check("error of the vendor", () =>
    assert.rejects(client.send(new s3.GetObjectCommand({ ...object, Key: "none" })), { name: "NoSuchKey" }),
  );
}

async function sqsChecks() {
  const sqsHost = `sqs.${region}.amazonaws.com`;
  const sqs = signHostOf(
    new SQSClient({
      region,
      credentials,
      endpoint: egress(sqsHost),
      useQueueUrlAsEndpoint: false,
      maxAttempts: 1,
    }),
    sqsHost,
  );
  const QueueUrl = `https://${sqsHost}/1/queue`;
  await check("send", async () => {
    const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "Grüße" }));
    assert.equal(MessageId, "m1");
  });
  await check("receive", async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    assert.equal(Messages[0].Body, "hello");
  });
}

await (process.argv[2] === "s3" ? s3Checks() : sqsChecks());
