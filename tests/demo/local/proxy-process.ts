import { run } from "../../../proxy-image/src/proxy/run";

/** A public address, because the proxy connects to no other. It leads to the demo's third party. */
const ANYWHERE = "93.184.216.34";

/** The proxy as `main.ts` starts it, but for the Internet: each name leads to the third party on this machine. */
void run(process.argv.slice(2), {
  network: {
    resolve: () => Promise.resolve({ addresses: [ANYWHERE], ttl: 60 }),
    endpoint: () => ({ host: "127.0.0.1", port: Number(process.env.DEMO_THIRD_PARTY) }),
  },
  own: [],
  asked: new Promise((resolve) => process.once("SIGTERM", () => resolve("SIGTERM"))),
});
