// An application that nobody changes: it knows nothing of the egress proxy. Prints what each request found.
import { Buffer } from "node:buffer";
import https, { globalAgent } from "node:https";
import axios from "axios";
import got from "got";
import { request } from "undici";

const url = "https://api.stripe.com/v1";

const ways = {
  fetch: async () => (await globalThis.fetch(url, { method: "POST", body: "x" })).json(),
  "undici.request": async () => (await request(url, { method: "POST", body: "x" })).body.json(),
  axios: async () => (await axios.post(url, "x", { proxy: false })).data,
  got: () => got.post(url, { body: "x", retry: { limit: 0 } }).json(),
  globalAgent: () => byAgent(globalAgent),
  // As the libraries of Stripe and AWS do.
  ownAgent: () => byAgent(new https.Agent({ keepAlive: true })),
};

function byAgent(agent) {
  return new Promise((resolve, reject) => {
    const call = https.request(url, { method: "POST", agent }, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      agent.destroy();
      resolve(JSON.parse(Buffer.concat(chunks)));
    });
    call.on("error", reject).end("x");
  });
}

const found = {};
for (const [name, send] of Object.entries(ways)) {
  found[name] = await send().catch((error) => `${error.message}\n${error.cause?.message ?? ""}`);
}
console.log(JSON.stringify(found));
