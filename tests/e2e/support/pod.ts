import type { Kubectl } from "../../harness/kubernetes";

/** An application's pod, in a namespace of its own, in which scripts run as an application would. */
export interface AppPod {
  /** Runs an async function body in the pod's Node; its returned value as JSON. */
  run<T>(body: string): Promise<T>;
  /** One HTTP request from the pod. Errors of the connection are in `error`, by their code. */
  request(url: string, options?: RequestOptions): Promise<Answer>;
  /** One DNS question from the pod, to the cluster's DNS or to `server`. */
  resolve(name: string, type: "A" | "AAAA" | "SOA", server?: string): Promise<DnsAnswer>;
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
export async function startAppPod(kubectl: Kubectl, image: string, namespace = "shop"): Promise<AppPod> {
  const objects = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "app", namespace },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        containers: [{ name: "app", image, command: ["node", "-e", "setInterval(() => {}, 1e6)"] }],
      },
    },
  ];
  for (const object of objects) {
    await kubectl(["apply", "--server-side", "--field-manager=tests", "-f", "-"], JSON.stringify(object));
  }
  // The namespace's default account comes a moment after the namespace.
  await kubectl(["wait", "-n", namespace, "pod/app", "--for=condition=Ready", "--timeout=120s"]);

  const run = async <T>(body: string): Promise<T> => {
    const script = `(async () => { ${body} })().then((value) => console.log(JSON.stringify(value ?? null)))`;
    const printed = await kubectl(["exec", "-n", namespace, "app", "--", "node", "-e", script]);
    return JSON.parse(printed) as T;
  };
  return {
    run,
    request: (url, { method = "GET", headers = {}, body } = {}) =>
      run<Answer>(`
        const http = require("node:http");
        return new Promise((done) => {
          const fail = (error) => done({ error: error.code ?? error.message });
          const request = http.request(${JSON.stringify(url)}, ${JSON.stringify({ method, headers, agent: false })}, (response) => {
            let body = "";
            response.setEncoding("utf8").on("data", (data) => (body += data)).on("error", fail);
            response.on("end", () => done({ status: response.statusCode, headers: response.headers, body }));
          });
          request.on("error", fail);
          setTimeout(() => request.destroy(new Error("timeout")), 20000).unref();
          request.end(${JSON.stringify(body ?? "")});
        });`),
    resolve: (name, type, server) =>
      run<DnsAnswer>(`
        const { Resolver } = require("node:dns/promises");
        const resolver = new Resolver({ timeout: 2000, tries: 3 });
        ${server ? `resolver.setServers([${JSON.stringify(server)}]);` : ""}
        try { return { records: [await resolver.resolve(${JSON.stringify(name)}, ${JSON.stringify(type)})].flat() }; }
        catch (error) { return { code: error.code }; }`),
    delete: async () => {
      await kubectl([
        "delete",
        "namespace",
        namespace,
        "--ignore-not-found",
        "--wait=true",
        "--timeout=120s",
      ]);
    },
  };
}
