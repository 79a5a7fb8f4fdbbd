import assert from "node:assert/strict";
import { LogLevel, WebClient } from "@slack/web-api";
import { check, denied, egress } from "./check.mjs";

const slack = new WebClient("xoxb-1", {
  slackApiUrl: `${egress("slack.com")}/api/`,
  logLevel: LogLevel.ERROR,
  retryConfig: { retries: 0 },
});

await check("post a message", async () => {
  const { ok, message } = await slack.chat.postMessage({ channel: "C1", text: "Grüße & more" });
  assert.deepEqual([ok, message.text], [true, "Grüße & more"]);
});
await check("pages by cursor", async () => {
  const ids = [];
  for await (const { channels } of slack.paginate("conversations.list")) ids.push(channels[0].id);
  assert.deepEqual(ids, ["C1", "C2"]);
});
await check("error of the vendor", () => assert.rejects(slack.auth.test(), /invalid_auth/));
await check("403 of the proxy", () =>
  denied(
    () => slack.users.list(),
    (error) => JSON.stringify(error) + error.message,
  ),
);
