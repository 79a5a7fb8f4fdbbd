import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds for a process to answer. */
const PATIENCE = 15_000;

/** TCP ports on loopback that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

/** Waits for a server's 200 to a GET, so that nothing is measured that does not work. */
export async function untilAnswers(
  name: string,
  port: number,
  path: string,
  headers: Record<string, string>,
): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  let last = "";
  while (performance.now() < deadline) {
    last = await statusOf(port, path, headers);
    if (last === "200") return;
    await sleep(50);
  }
  throw new Error(`${name} does not answer with 200: ${last}`);
}

function statusOf(port: number, path: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve) => {
    http
      .get({ host: "127.0.0.1", port, path, headers, agent: false, timeout: 2_000 }, (answer) => {
        answer.resume();
        resolve(String(answer.statusCode));
      })
      .on("timeout", function (this: http.ClientRequest) {
        this.destroy(new Error("silence"));
      })
      .on("error", (error) => resolve(error.message));
  });
}
