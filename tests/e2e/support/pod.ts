import {
  type ClientHost,
  type ClientPod,
  type ClientPodOptions,
  kubectl,
  runInPod,
  startClientPod,
} from "../../cluster";

/** An application's pod, in a namespace of its own, in which scripts run as an application would. */
export interface AppPod extends ClientPod {
  /** Runs a script with `args` in the pod; what it prints, as JSON. */
  run<T>(script: string, ...args: unknown[]): Promise<T>;
  /** One HTTP request from the pod, with any Host. Errors of the connection are in `error`, by their code. */
  request(url: string, options?: RequestOptions): Promise<Answer>;
  /** One DNS question from the pod, to the cluster's DNS or to `server`. */
  resolve(name: string, type: "A" | "AAAA" | "SOA", server?: string): Promise<DnsAnswer>;
  /** With its namespace. */
  delete(): Promise<void>;
}

export interface RequestOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  error?: string;
}

/** `code` as Node names it: ENOTFOUND for NXDOMAIN, ENODATA for a name without such a record. */
export interface DnsAnswer {
  records?: unknown[];
  code?: string;
}

/** Starts an application's pod and waits until it is ready. */
export async function startAppPod(
  cluster: ClientHost,
  namespace = "shop",
  options: Partial<Omit<ClientPodOptions, "namespace">> = {},
): Promise<AppPod> {
  const pod = await startClientPod(cluster, { name: "app", ...options, namespace });
  const run = async <T>(script: string, ...args: unknown[]): Promise<T> => {
    const printed = await runInPod(cluster, pod, `const args = ${JSON.stringify(args)};\n${script}`);
    return JSON.parse(printed) as T;
  };
  return {
    ...pod,
    run,
    request: (url, { method = "GET", headers = {}, body = "" } = {}) =>
      run<Answer>(REQUEST, url, { method, headers, agent: false }, body),
    resolve: (name, type, server) => run<DnsAnswer>(RESOLVE, name, type, server),
    delete: async () => {
      await kubectl(cluster, ["delete", "namespace", namespace, "--ignore-not-found", "--timeout=120s"]);
    },
  };
}

/** Not by fetch, which chooses its own Host. */
const REQUEST = `
  import http from "node:http";
  const [url, options, body] = args;
  // A pipe takes 64 KiB at once; an exit would cut the rest off.
  const done = (answer) => process.stdout.write(JSON.stringify(answer), () => process.exit());
  const fail = (error) => done({ error: error.code ?? error.message });
  const request = http.request(url, options, (response) => {
    let body = "";
    response.setEncoding("utf8").on("data", (data) => (body += data)).on("error", fail);
    response.on("end", () => done({ status: response.statusCode, headers: response.headers, body }));
  });
  request.on("error", fail);
  setTimeout(() => request.destroy(new Error("timeout")), 20000);
  request.end(body);`;

const RESOLVE = `
  import { Resolver } from "node:dns/promises";
  const [name, type, server] = args;
  const resolver = new Resolver({ timeout: 2000, tries: 3 });
  if (server) resolver.setServers([server]);
  const answer = await resolver.resolve(name, type).then(
    (records) => ({ records: [records].flat() }),
    ({ code }) => ({ code }),
  );
  console.log(JSON.stringify(answer));`;
