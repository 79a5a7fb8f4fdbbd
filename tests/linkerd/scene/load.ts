import type { AppPod } from "../../e2e/support/pod";

/** What became of a client's requests. */
export interface LoadResult {
  readonly sent: number;
  /** By status; "error CODE" where no response came. */
  readonly outcomes: Record<string, number>;
  /** Milliseconds until the slowest response was complete. */
  readonly slowest: number;
}

export interface Load {
  stop(): Promise<LoadResult>;
}

/** Requests per second. Modest, because the tests share the cluster. */
const RATE = 40;
const STOP = "/tmp/stop-load";

/** Requests from a client pod at a fixed rate, whatever becomes of those before, until it is stopped. */
export async function startLoad(client: AppPod, url: string): Promise<Load> {
  await client.run(`import fs from "node:fs"; fs.rmSync(args[0], { force: true }); console.log("{}");`, STOP);
  const finished = client.run<LoadResult>(SCRIPT, url, RATE, STOP);
  // A failure is the caller's when it stops the load.
  finished.catch(() => undefined);
  return {
    async stop() {
      await client.run(`import fs from "node:fs"; fs.writeFileSync(args[0], ""); console.log("{}");`, STOP);
      return finished;
    },
  };
}

/** How many requests got no 200. */
export function lost({ sent, outcomes }: LoadResult): number {
  return sent - (outcomes["200"] ?? 0);
}

const SCRIPT = `
  import fs from "node:fs";
  import http from "node:http";
  const [url, rate, stop] = args;
  const result = { sent: 0, outcomes: {}, slowest: 0 };
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const once = () => new Promise((resolve) => {
    const request = http.get(url, { agent, timeout: 20000 }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode)).on("error", fail);
    });
    const fail = (error) => resolve("error " + (error.code ?? error.message));
    request.on("error", fail).on("timeout", () => request.destroy(new Error("timeout")));
  });
  const open = new Set();
  while (!fs.existsSync(stop)) {
    const began = performance.now();
    result.sent++;
    const request = once().then((outcome) => {
      result.outcomes[outcome] = (result.outcomes[outcome] ?? 0) + 1;
      result.slowest = Math.max(result.slowest, Math.round(performance.now() - began));
      open.delete(request);
    });
    open.add(request);
    await new Promise((resolve) => setTimeout(resolve, 1000 / rate));
  }
  await Promise.all(open);
  agent.destroy();
  console.log(JSON.stringify(result));`;
