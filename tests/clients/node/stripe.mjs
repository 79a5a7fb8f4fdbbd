import assert from "node:assert/strict";
import Stripe from "stripe";
import { check, denied } from "./check.mjs";

// With the client package stripe-node keeps its own address.
const address = process.env.EGRESS_DOMAIN
  ? {}
  : { host: "api.stripe.com.egress.local", protocol: "http", port: 80 };
const stripe = new Stripe("sk_test_1", address);

await check("create with idempotency key", async () => {
  const customer = await stripe.customers.create({ email: "a@example.com", metadata: { order: "7&8" } });
  assert.equal(customer.id, "cus_1");
  assert.equal(customer.lastResponse.requestId, "req_1");
});
await check("list by cursor", async () => {
  const ids = [];
  for await (const { id } of stripe.customers.list({ limit: 2 })) ids.push(id);
  assert.deepEqual(ids, ["cus_1", "cus_2", "cus_3"]);
});
await check("delete", async () => assert.equal((await stripe.customers.del("cus_1")).deleted, true));
await check("error of the vendor", () =>
  assert.rejects(stripe.charges.create({ amount: 1, currency: "eur" }), {
    code: "card_declined",
    statusCode: 402,
  }),
);
await check("403 of the proxy", () => denied(() => stripe.balance.retrieve()));
