import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Prometheus, runPrometheus } from "../../e2e/support/prometheus";
import type { Kubectl } from "../../harness/kubernetes";

/** A page of metrics in a container that has Node, or of the API server. */
export interface Source {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly port: number;
}

/** Seconds between two readings; each is a process in each pod. */
const INTERVAL = 8;

/**
 * Prometheus on this machine, which need not reach the pods: it reads pages of this process, which reads them inside of
 * the containers, and those of the API server.
 */
export async function startPrometheusFor(kubectl: Kubectl, sources: readonly Source[]): Promise<Prometheus> {
  const read = ({ namespace, pod, container, port }: Source) => {
    const script = `process.stdout.write(await (await fetch("http://127.0.0.1:${port}/metrics")).text())`;
    const node = ["node", "--input-type=module", "--eval", script];
    return kubectl(["exec", "-n", namespace, pod, "-c", container, "--", ...node]);
  };
  const server = createServer((request, response) => {
    const index = Number(request.url!.slice(1));
    const page = Number.isNaN(index) ? kubectl(["get", "--raw", "/metrics"]) : read(sources[index]!);
    page.then(
      (text) => response.setHeader("content-type", "text/plain; version=0.0.4").end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const target = (path: string, labels: object) => ({
    job_name: `page-${path}`,
    metrics_path: `/${path}`,
    static_configs: [{ targets: [`127.0.0.1:${port}`], labels }],
  });
  const interval = `${INTERVAL}s`;
  const prometheus = await runPrometheus({
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    scrape_configs: [
      ...sources.map(({ namespace, pod }, index) => target(String(index), { namespace, pod })),
      target("api-server", {}),
    ],
  }).catch((error: unknown) => {
    server.close();
    throw error;
  });
  return {
    ...prometheus,
    async stop() {
      await prometheus.stop();
      server.close();
    },
  };
}
