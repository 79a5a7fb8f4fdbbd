import { gunzipSync } from "node:zlib";
import { type Vendor, demand, form, json, only, sendJson } from "../stage/vendor";

/** Slack: forms or JSON in, 200 with `ok: false` for errors, pages by cursor. */
export const slack: Vendor = {
  hosts: ["slack.com"],
  policy: only("/api/chat.postMessage", "/api/conversations.list", "/api/auth.test"),
  handle(request, response) {
    const { url, headers } = request;
    demand(headers.authorization === "Bearer xoxb-1", `Authorization is ${headers.authorization}`);
    const isJson = String(headers["content-type"]).startsWith("application/json");
    const fields = isJson ? json(request) : Object.fromEntries(form(request));
    switch (url.pathname) {
      case "/api/chat.postMessage":
        sendJson(response, { ok: true, channel: fields.channel, ts: "1.2", message: { text: fields.text } });
        return;
      case "/api/conversations.list": {
        const last = fields.cursor === "abc=";
        const channels = [{ id: last ? "C2" : "C1", name: "general" }];
        sendJson(response, { ok: true, channels, response_metadata: { next_cursor: last ? "" : "abc=" } });
        return;
      }
      default:
        sendJson(response, { ok: false, error: "invalid_auth" });
    }
  },
};

/** Twilio: forms in, Basic authentication. */
export const twilio: Vendor = {
  hosts: ["api.twilio.com"],
  policy: only("/2010-04-01/Accounts/*/Messages.json"),
  handle(request, response) {
    const credentials = Buffer.from(`AC${"0".repeat(32)}:token`).toString("base64");
    demand(
      request.headers.authorization === `Basic ${credentials}`,
      `Authorization is ${request.headers.authorization}`,
    );
    const fields = form(request);
    if (fields.get("To") !== "+15005550006") {
      sendJson(response, { code: 21211, message: "The 'To' number is not valid.", status: 400 }, 400);
      return;
    }
    sendJson(response, { sid: "SM1", status: "queued", body: fields.get("Body"), to: fields.get("To") }, 201);
  },
};

/** SendGrid: JSON in, 202 without a body. */
export const sendgrid: Vendor = {
  hosts: ["api.sendgrid.com"],
  policy: only("/v3/mail/send"),
  handle(request, response) {
    demand(
      request.headers.authorization === "Bearer SG.1",
      `Authorization is ${request.headers.authorization}`,
    );
    const { subject } = json(request);
    if (subject === "Grüße") response.writeHead(202, { "x-message-id": "m1" }).end();
    else sendJson(response, { errors: [{ message: "The subject is required.", field: "subject" }] }, 400);
  },
};

/** What Sentry got, for a client that can't see the response. */
const envelopes: string[] = [];

/** Sentry: compressed envelopes. */
export const sentry: Vendor = {
  hosts: ["*.ingest.sentry.io"],
  handle(request, response) {
    if (request.url.pathname === "/received") {
      sendJson(response, { envelopes });
      return;
    }
    demand(request.url.pathname === "/api/42/envelope/", `the path is ${request.url.pathname}`);
    const key = request.url.searchParams.get("sentry_key") ?? String(request.headers["x-sentry-auth"]);
    demand(key.includes("abc"), `there is no key in ${request.target}`);
    const zipped = request.headers["content-encoding"] === "gzip";
    envelopes.push((zipped ? gunzipSync(request.body) : request.body).toString());
    sendJson(response, { id: "1" });
  },
};
