import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds for a process to answer. */
const PATIENCE = 15_000;

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
    await sleep(10);
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
