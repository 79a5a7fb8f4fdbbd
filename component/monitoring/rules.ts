import {
  PROXY_METRICS as PROXY,
  STUB_DOMAIN_METRICS as STUB,
} from "../../proxy-image/src/contract/metrics/metrics";
import { JOBS } from "./jobs";
import { foreign, series } from "./series";

/** Prometheus' rules, as its files and the operator's PrometheusRule have them. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (Recording | Alert)[];
}

interface Recording {
  readonly record: string;
  readonly expr: string;
}

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: "critical" | "warning" };
  readonly annotations: {
    readonly summary: string;
    readonly description: string;
    readonly runbook_url: string;
  };
}

const RUNBOOKS = "https://github.com/k8s-egress/k8s-egress/blob/main/docs/runbooks";

/** Share of requests that may fail: 1 %. */
const ERROR_BUDGET = 0.01;
const WINDOWS = ["5m", "30m", "1h", "6h"] as const;
type Window = (typeof WINDOWS)[number];

/** Share of an upstream's requests with a 5xx, the third party's or the proxy's. */
const errorRatio = (window: Window): string => `egress_upstream:error_ratio:rate${window}`;

/** A ratio of zero, not of nothing, while no request fails. */
function recordedRatio(window: Window): Recording {
  const rate = (status?: string): string => {
    const selector = series(PROXY.requests, { upstream: '!="none"', ...(status && { status }) });
    return `sum by (namespace, upstream) (rate(${selector}[${window}]))`;
  };
  const all = rate();
  return { record: errorRatio(window), expr: `((${rate("5xx")}) or 0 * (${all})) / ((${all}) > 0)` };
}

function alert(
  name: string,
  severity: Alert["labels"]["severity"],
  expr: string,
  pending: string,
  summary: string,
  description: string,
): Alert {
  return {
    alert: name,
    expr,
    for: pending,
    labels: { severity },
    annotations: { summary, description, runbook_url: `${RUNBOOKS}/${name}.md` },
  };
}

/** Burns `factor` times the budget in both windows: the long one for significance, the short one for the end. */
function burns(factor: number, long: Window, short: Window): string {
  const threshold = Number((factor * ERROR_BUDGET).toFixed(3));
  return `(${errorRatio(long)} > ${threshold} and ${errorRatio(short)} > ${threshold})`;
}

const denials = (window: string): string =>
  `sum by (namespace, client, upstream, failure) (increase(${series(PROXY.denials)}[${window}]))`;
const dnsResponses = (matchers: { [label: string]: string } = {}): string =>
  `sum by (namespace) (rate(${foreign("coredns_dns_responses_total", { job: JOBS.dns, ...matchers })}[5m]))`;
const ANY_JOB = `=~"${Object.values(JOBS).join("|")}"`;

/** Recorded ratios, and the alerts; each alert has a page in docs/runbooks. */
export const RULE_GROUPS: readonly RuleGroup[] = [
  { name: "egress-ratios", rules: WINDOWS.map(recordedRatio) },
  {
    name: "egress-third-parties",
    rules: [
      alert(
        "EgressThirdPartyFailing",
        "critical",
        // Google's SRE workbook, chapter 5: 2 % of a month's budget in an hour, 5 % in six hours.
        `${burns(14.4, "1h", "5m")} or ${burns(6, "6h", "30m")}`,
        "2m",
        "{{ $labels.upstream }} fails",
        "{{ $value | humanizePercentage }} of the requests to {{ $labels.upstream }} end with a 5xx.",
      ),
      alert(
        "EgressCircuitBreakerOpen",
        "critical",
        `max by (namespace, upstream) (avg_over_time(${series(PROXY.breakerOpen)}[5m])) > 0.5`,
        "0m",
        "The circuit breaker of {{ $labels.upstream }} is open",
        "A pod has sent most requests for {{ $labels.upstream }} a 503 at once for five minutes.",
      ),
      alert(
        "EgressCertificateExpires",
        "warning",
        `min by (namespace, upstream) (${series(PROXY.certificateExpiry)}) - time() < 14 * 86400`,
        "1h",
        "The certificate of {{ $labels.upstream }} expires soon",
        "It expires in {{ $value | humanizeDuration }}. Afterwards every request ends with a 502.",
      ),
      alert(
        "EgressDenialsRise",
        "warning",
        // `unless`: a client that was never denied before has no earlier series to compare with.
        `${denials("10m")} > 20 unless ${denials("10m")} <= 3 * (${denials("1h")} - ${denials("10m")}) / 5`,
        "0m",
        "{{ $labels.client }} is denied ({{ $labels.failure }})",
        "{{ $value | humanize }} requests of {{ $labels.client }} to {{ $labels.upstream }} in ten minutes, more than three times as many as before.",
      ),
    ],
  },
  {
    name: "egress-dns",
    rules: [
      alert(
        "EgressStubDomainNotServed",
        "critical",
        `${series(STUB.served)} == 0`,
        "5m",
        "The cluster's DNS does not serve the egress domain",
        "Names of third parties do not resolve in some or all pods.",
      ),
      alert(
        "EgressStubDomainOverwritten",
        "warning",
        `increase(${series(STUB.overwritten)}[1h]) > 0`,
        "0m",
        "Another writer removes the egress domain from the cluster's DNS",
        "It was removed and inserted again {{ $value | humanize }} times in an hour.",
      ),
      alert(
        "EgressDnsServfail",
        "warning",
        `${dnsResponses({ rcode: "SERVFAIL" })} / ${dnsResponses()} > 0.01`,
        "10m",
        "egress-dns answers SERVFAIL",
        "{{ $value | humanizePercentage }} of the answers of egress-dns in {{ $labels.namespace }}.",
      ),
    ],
  },
  {
    name: "egress-pods",
    rules: [
      alert(
        "EgressMemoryNearLimit",
        "warning",
        `${foreign("process_resident_memory_bytes", { job: JOBS.proxy })} / ${series(PROXY.memoryLimit)} > 0.9`,
        "10m",
        "{{ $labels.pod }} is near its memory limit",
        "It uses {{ $value | humanizePercentage }} of the limit; beyond it the kernel ends the container.",
      ),
      alert(
        "EgressEventLoopDelayed",
        "warning",
        `${foreign("nodejs_eventloop_lag_p99_seconds", { job: JOBS.proxy })} > 0.1`,
        "10m",
        "The event loop of {{ $labels.pod }} is late",
        "One of a hundred iterations waits {{ $value | humanizeDuration }}; every request of the pod waits with it.",
      ),
      alert(
        "EgressScrapeFails",
        "critical",
        `${foreign("up", { job: ANY_JOB })} == 0 or absent(${foreign("up", { job: JOBS.proxy })})`,
        "5m",
        "Prometheus gets no metrics from {{ $labels.job }}",
        "No other alert of this pod can fire meanwhile.",
      ),
    ],
  },
];

/** All alerts. */
export const ALERTS: readonly Alert[] = RULE_GROUPS.flatMap(({ rules }) =>
  rules.filter((rule) => "alert" in rule),
);
