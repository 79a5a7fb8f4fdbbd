import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import { check, denied, egress } from "./check.mjs";

const anthropic = new Anthropic({ apiKey: "key-1", baseURL: egress("api.anthropic.com") });
const question = { model: "claude-test", max_tokens: 9, messages: [{ role: "user", content: "Hallo" }] };

await check("message", async () => {
  assert.equal((await anthropic.messages.create(question)).content[0].text, "Guten Tag, Welt");
});
await check("message as a stream", async () => {
  const { content, stop_reason } = await anthropic.messages.stream(question).finalMessage();
  assert.deepEqual([content[0].text, stop_reason], ["Guten Tag, Welt", "end_turn"]);
});
await check("403 of the proxy", () => denied(() => anthropic.models.list()));
