import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import OpenAI, { toFile } from "openai";
import { check, denied, egress } from "./check.mjs";

const openai = new OpenAI({ apiKey: "sk-test", baseURL: `${egress("api.openai.com")}/v1` });
const question = { model: "gpt-test", messages: [{ role: "user", content: "Hallo" }] };

await check("completion", async () => {
  const { choices } = await openai.chat.completions.create(question);
  assert.equal(choices[0].message.content, "Guten Tag, Welt");
});
await check("completion as a stream", async () => {
  let text = "";
  for await (const { choices } of await openai.chat.completions.create({ ...question, stream: true })) {
    text += choices[0].delta.content;
  }
  assert.equal(text, "Guten Tag, Welt");
});
await check("upload of a file", async () => {
  const file = await toFile(Buffer.from('{"prompt":"a"}'), "a.jsonl");
  assert.equal((await openai.files.create({ file, purpose: "batch" })).id, "file-1");
});
await check("list", async () => assert.equal((await openai.models.list()).data[0].id, "gpt-test"));
await check("error of the vendor", () =>
  assert.rejects(openai.embeddings.create({ model: "x", input: "y" }), {
    status: 404,
    message: /does not exist/,
  }),
);
await check("403 of the proxy", () => denied(() => openai.moderations.create({ input: "x" })));
