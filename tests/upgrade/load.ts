import { type Cluster, runInPod, startClientPod } from "../cluster";

/** What became of an application's requests. */
export interface Requests {
  readonly sent: number;
  /** By status or error, of those without 200. */
  readonly lost: Readonly<Record<string, number>>;
}

/** One request in 50 ms, over connections of its own and over kept ones, for a bounded time. */
const LOAD = `
  import http from "node:http";
  const [url, seconds] = args;
  const end = Date.now() + seconds * 1000;
  const lost = {};
  let sent = 0;
  const once = (agent) => new Promise((resolve) => {
    const done = (outcome) => {
      if (outcome !== 200) lost[outcome] = (lost[outcome] ?? 0) + 1;
      resolve();
    };
    const request = http.get(url, { agent, timeout: 10000 }, (response) => {
      response.on("error", (error) => done(error.code)).on("end", () => done(response.statusCode)).resume();
    });
    request.on("timeout", () => request.destroy(new Error("timeout")));
    request.on("error", (error) => done(error.code ?? error.message));
    sent++;
  });
  const stream = async (agent) => {
    while (Date.now() < end) {
      await once(agent);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await Promise.all([stream(false), stream(new http.Agent({ keepAlive: true }))]);
  console.log(JSON.stringify({ sent, lost }));`;

/** Sends requests from a pod; the namespace is the caller's to delete. */
export async function startLoad(
  cluster: Cluster,
  namespace: string,
  url: string,
  seconds: number,
): Promise<{ readonly ended: Promise<Requests> }> {
  const pod = await startClientPod(cluster, { namespace, name: "load" });
  const args = JSON.stringify([url, seconds]);
  const printed = runInPod(cluster, pod, `const args = ${args};\n${LOAD}`);
  return { ended: printed.then((text) => JSON.parse(text) as Requests) };
}
