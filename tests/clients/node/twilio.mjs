import assert from "node:assert/strict";
import twilio from "twilio";
import { check, denied } from "./check.mjs";

/** Twilio's own HTTP client, but for the address. */
class EgressClient extends twilio.RequestClient {
  request(options) {
    const url = new URL(options.uri);
    return super.request({ ...options, uri: `http://${url.host}.egress.local${url.pathname}${url.search}` });
  }
}

const account = `AC${"0".repeat(32)}`;
const client = twilio(account, "token", { httpClient: new EgressClient() });

await check("send a message", async () => {
  const message = await client.messages.create({ to: "+15005550006", from: "+15005550001", body: "Grüße" });
  assert.deepEqual([message.sid, message.body], ["SM1", "Grüße"]);
});
await check("error of the vendor", () =>
  assert.rejects(client.messages.create({ to: "1", from: "+15005550001", body: "x" }), {
    status: 400,
    code: 21211,
  }),
);
await check("403 of the proxy", () => denied(() => client.calls.list()));
