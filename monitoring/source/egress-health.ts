import { type DashboardBuilder, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { JOBS } from "../../component/monitoring/jobs";
import { foreign, series } from "../../component/monitoring/series";
import {
  PROXY_METRICS as PROXY,
  STUB_DOMAIN_METRICS as STUB,
} from "../../proxy-image/src/contract/metrics/metrics";
import { INTERVAL, dashboard, lines, values } from "./panels";

const namespace = '=~"$namespace"';
const proxy = { namespace, job: JOBS.proxy };
const dns = { namespace, job: JOBS.dns };
const perPod = (selector: string): string => `sum by (pod) (${selector})`;

/** The egress itself: pods, egress-dns, stub domain. */
export function egressHealth(): DashboardBuilder {
  return (
    dashboard(
      "Egress / Health",
      "k8s-egress-health",
      "Pods of the egress proxy, egress-dns and the stub domain.",
      [{ name: "namespace", values: series(PROXY.activeRequests) }],
    )
      .withRow(new RowBuilder("Proxy pods"))
      .withPanel(
        lines(
          "Event loop",
          "s",
          "Delay of iterations: every request of the pod waits with it.",
          [foreign("nodejs_eventloop_lag_p99_seconds", proxy), "{{pod}} p99"],
          [foreign("nodejs_eventloop_lag_mean_seconds", proxy), "{{pod}} mean"],
        ),
      )
      .withPanel(
        lines(
          "Memory",
          "bytes",
          "Resident memory, and the container's limit.",
          [perPod(foreign("process_resident_memory_bytes", proxy)), "{{pod}}"],
          [perPod(series(PROXY.memoryLimit, { namespace })), "{{pod}} limit"],
        ),
      )
      .withPanel(
        lines("CPU", "short", "Cores.", [
          perPod(`rate(${foreign("process_cpu_seconds_total", proxy)}[${INTERVAL}])`),
          "{{pod}}",
        ]),
      )
      .withPanel(
        lines(
          "Connections",
          "short",
          "Sockets of clients and third parties, and requests in flight.",
          [
            perPod(foreign("nodejs_active_resources", { ...proxy, type: "TCPSocketWrap" })),
            "{{pod}} sockets",
          ],
          [perPod(series(PROXY.activeRequests, { namespace })), "{{pod}} in flight"],
        ),
      )
      .withPanel(
        lines("Roll-outs", "s", "Age of each proxy process: a new pod begins at zero.", [
          `time() - ${foreign("process_start_time_seconds", proxy)}`,
          "{{pod}}",
        ]),
      )
      .withPanel(
        lines("Scrapes", "short", "1: Prometheus gets the pod's metrics.", [
          foreign("up", { job: `=~"${Object.values(JOBS).join("|")}"` }),
          "{{job}} {{pod}}",
        ]),
      )
      .withRow(new RowBuilder("egress-dns"))
      .withPanel(
        lines("Answers", "ops", "Answers of egress-dns, by code. NXDOMAIN: a name that is not listed.", [
          `sum by (rcode) (rate(${foreign("coredns_dns_responses_total", dns)}[${INTERVAL}]))`,
          "{{rcode}}",
        ]),
      )
      .withPanel(
        lines("Answer time", "s", "99th percentile.", [
          `histogram_quantile(0.99, sum by (le, pod) (rate(${foreign("coredns_dns_request_duration_seconds_bucket", dns)}[${INTERVAL}])))`,
          "{{pod}}",
        ]),
      )
      .withRow(new RowBuilder("Stub domain"))
      // Without the selector: the controller has a namespace of its own.
      .withPanel(
        values("Served", "short", "1: the cluster's DNS serves the egress domain.", [
          series(STUB.served),
          "{{namespace}}",
        ]),
      )
      .withPanel(
        values("Last proof", "s", "Seconds since the cluster's DNS was last seen to serve it.", [
          `time() - ${series(STUB.lastProof)}`,
          "{{namespace}}",
        ]),
      )
      .withPanel(
        values("Re-insertions", "short", "After another writer removed the block, in the last day.", [
          `increase(${series(STUB.overwritten)}[1d])`,
          "{{namespace}}",
        ]),
      )
  );
}
