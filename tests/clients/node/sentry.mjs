import assert from "node:assert/strict";
import * as Sentry from "@sentry/node";
import { check, egress } from "./check.mjs";

const { fetch } = globalThis;

const vendor = egress("o1.ingest.sentry.io");
Sentry.init({ dsn: `http://abc@${new URL(vendor).host}/42`, defaultIntegrations: false });

await check("an event", async () => {
  Sentry.captureException(new Error("boom of Node"));
  assert.equal(await Sentry.flush(5_000), true);
  const response = await fetch(`${vendor}/received`);
  assert.ok((await response.text()).includes("boom of Node"), "the event did not arrive");
});
