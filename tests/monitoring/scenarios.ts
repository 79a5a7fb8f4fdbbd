/** Series over time, in promtool's notation (`0+1x60`: 61 values, each 1 more), a value each minute. */
export type InputSeries = Readonly<Record<string, string>>;

/** When an alert fires, and a like situation in which it must not. */
export interface Scenario {
  readonly fires: InputSeries;
  /** Minute at which it fires. */
  readonly at: number;
  /** A minute before, at which it does not yet fire. */
  readonly notAt?: number;
  readonly quiet: InputSeries;
  /** Minute from which the quiet situation counts. Default: 0. */
  readonly quietFrom?: number;
}

const TARGET = 'job="egress-proxy",namespace="egress",pod="p"';
const UPSTREAM = `${TARGET},upstream="api.stripe.com"`;
const CLIENT = `${UPSTREAM},client="shop/web"`;
/** Keeps EgressScrapeFails quiet, which fires without any target. */
const UP = { [`up{${TARGET}}`]: "1x400" };

const requests = (status: string): string => `egress_requests_total{${CLIENT},status="${status}"}`;
const denials = `egress_denials_total{${CLIENT},failure="request-denied"}`;
const dns = (rcode: string): string =>
  `coredns_dns_responses_total{job="egress-dns",namespace="egress",pod="d",rcode="${rcode}"}`;
const memory = `process_resident_memory_bytes{${TARGET}}`;
const limit = { [`egress_memory_limit_bytes{${TARGET}}`]: "400x400" };
const expiry = `egress_upstream_certificate_expiry_timestamp_seconds{${UPSTREAM}}`;
const overwritten = "k8s_egress_stub_domain_overwritten_total";
const DAY = 86_400;

/** By alert. promtool's clock begins at 0. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  EgressThirdPartyFailing: {
    fires: { [requests("2xx")]: "0+80x400", [requests("5xx")]: "0+20x400" },
    at: 90,
    notAt: 1,
    // 1 %: the whole budget, and no more.
    quiet: { [requests("2xx")]: "0+99x400", [requests("5xx")]: "0+1x400" },
  },
  EgressCircuitBreakerOpen: {
    // Half-open each time a request probes.
    fires: { [`egress_circuit_breaker_open{${UPSTREAM}}`]: "0x10 1 1 0.5 1 1 0.5 1 1 1 1" },
    at: 20,
    notAt: 10,
    quiet: { [`egress_circuit_breaker_open{${UPSTREAM}}`]: "0x15 1 0x60" },
  },
  EgressCertificateExpires: {
    fires: { [expiry]: `${13 * DAY}x400` },
    at: 90,
    notAt: 30,
    quiet: { [expiry]: `${30 * DAY}x400` },
  },
  EgressDenialsRise: {
    fires: { [denials]: "0+0x60 0+10x60" },
    at: 70,
    notAt: 60,
    // Many, but for an hour.
    quiet: { [denials]: "0+10x400" },
    quietFrom: 60,
  },
  EgressStubDomainNotServed: {
    fires: { k8s_egress_stub_domain_served: "1x10 0x60" },
    at: 20,
    notAt: 12,
    quiet: { k8s_egress_stub_domain_served: "1x10 0x3 1x60" },
  },
  EgressStubDomainOverwritten: {
    fires: { [overwritten]: "0x30 1x30" },
    at: 40,
    notAt: 20,
    quiet: { [overwritten]: "3x90" },
  },
  EgressDnsServfail: {
    fires: { [dns("NOERROR")]: "0+90x60", [dns("SERVFAIL")]: "0+10x60" },
    at: 30,
    notAt: 5,
    quiet: { [dns("NOERROR")]: "0+900x60", [dns("SERVFAIL")]: "0+1x60" },
  },
  EgressMemoryNearLimit: {
    fires: { ...limit, [memory]: "200x10 380x60" },
    at: 30,
    notAt: 15,
    quiet: { ...limit, [memory]: "300x60" },
  },
  EgressEventLoopDelayed: {
    fires: { [`nodejs_eventloop_lag_p99_seconds{${TARGET}}`]: "0.01x10 0.5x60" },
    at: 30,
    notAt: 15,
    quiet: { [`nodejs_eventloop_lag_p99_seconds{${TARGET}}`]: "0.02x60" },
  },
  EgressScrapeFails: {
    fires: { [`up{${TARGET}}`]: "1x10 0x60" },
    at: 20,
    notAt: 12,
    quiet: UP,
  },
};

/** When a quiet situation is looked at. */
const MINUTES = [5, 20, 60, 90, 390];

/** A file for `promtool test rules`: each alert fires in its scenario, and no alert fires in the quiet one. */
export function promtoolTests(ruleFile: string): object {
  const test = (series: InputSeries, checks: object[]) => ({
    interval: "1m",
    input_series: Object.entries({ ...UP, ...series }).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: checks,
  });
  const firing = (alert: string): string => `count(ALERTS{alertname="${alert}",alertstate="firing"})`;
  return {
    rule_files: [ruleFile],
    evaluation_interval: "1m",
    tests: Object.entries(SCENARIOS).flatMap(([alert, { fires, at, notAt, quiet, quietFrom = 0 }]) => [
      test(fires, [
        { expr: firing(alert), eval_time: `${at}m`, exp_samples: [{ labels: "{}", value: 1 }] },
        ...(notAt === undefined ? [] : [{ expr: firing(alert), eval_time: `${notAt}m`, exp_samples: [] }]),
      ]),
      test(
        quiet,
        MINUTES.filter((minute) => minute >= quietFrom).map((minute) => ({
          expr: firing(alert),
          eval_time: `${minute}m`,
          exp_samples: [],
        })),
      ),
    ]),
  };
}
