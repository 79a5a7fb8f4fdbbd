import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { run } from "../../../proxy-image/src/proxy/run";
import type { Network } from "../../../proxy-image/src/proxy/upstream/network";

/** The proxy's process as `main.ts` makes it, but for the world around: no address on loopback may be connected. */
const network: Network = {
  resolve: () => Promise.resolve({ addresses: ["93.184.216.34"], ttl: 60 }),
  endpoint: () => ({ host: "127.0.0.1", port: Number(process.env.BENCH_UPSTREAM) }),
};

async function main(): Promise<void> {
  const sidecar = createServer((_req, res) => res.end()).listen(0, "127.0.0.1");
  await once(sidecar, "listening");
  sidecar.unref();
  const { port } = sidecar.address() as AddressInfo;
  await run([...process.argv.slice(2), `--sidecar-port=${port}`], {
    network,
    own: [],
    asked: new Promise((resolve) => process.once("SIGTERM", resolve)),
  });
}

void main();
