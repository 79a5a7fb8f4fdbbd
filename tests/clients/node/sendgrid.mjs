import assert from "node:assert/strict";
import client from "@sendgrid/client";
import mail from "@sendgrid/mail";
import { check, denied, egress } from "./check.mjs";

// In this order: the key sets the address too.
client.setApiKey("SG.1");
client.setDefaultRequest("baseUrl", egress("api.sendgrid.com"));
mail.setClient(client);
const message = { to: "a@example.com", from: "b@example.com", text: "hello" };
const bodyOf = ({ response }) => JSON.stringify(response.body);

await check("send", async () => {
  const [{ statusCode, headers }] = await mail.send({ ...message, subject: "Grüße" });
  assert.deepEqual([statusCode, headers["x-message-id"]], [202, "m1"]);
});
await check("error of the vendor", () =>
  assert.rejects(mail.send({ ...message, subject: "x" }), { code: 400 }),
);
await check("403 of the proxy", () =>
  denied(() => client.request({ method: "GET", url: "/v3/templates" }), bodyOf),
);
