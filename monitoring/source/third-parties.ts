import { type DashboardBuilder, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { buckets, series } from "../../component/monitoring/series";
import { PROXY_METRICS as PROXY } from "../../proxy-image/src/contract/metrics/metrics";
import { INTERVAL, dashboard, lines, table, values } from "./panels";

const SELECTED = { namespace: '=~"$namespace"', upstream: '=~"$upstream"' };
const CALLED = { ...SELECTED, client: '=~"$client"' };

const perUpstream = (selector: string): string => `sum by (upstream) (rate(${selector}[${INTERVAL}]))`;
const current = (selector: string, how: "sum" | "max" | "min"): string =>
  `${how} by (upstream) (${selector})`;

const requests = perUpstream(series(PROXY.requests, SELECTED));
const failed = perUpstream(series(PROXY.requests, { ...SELECTED, status: "5xx" }));
const quantile = (q: number): string =>
  `histogram_quantile(${q}, sum by (le, upstream) (rate(${buckets(PROXY.clientDuration, SELECTED)}[${INTERVAL}])))`;
const CAN_I =
  "`npx k8s-egress can-i --as <client> <method> <url>` prints the line of the policy that would admit a request.";

/** Per third party and per client. */
export function thirdParties(): DashboardBuilder {
  return dashboard(
    "Egress / Third parties",
    "k8s-egress-third-parties",
    "Requests to third parties through the egress proxy.",
    [
      { name: "namespace", values: series(PROXY.requests) },
      { name: "upstream", values: series(PROXY.requests, { namespace: '=~"$namespace"' }) },
      { name: "client", values: series(PROXY.requests, SELECTED) },
    ],
  )
    .withRow(new RowBuilder("Third parties"))
    .withPanel(lines("Requests", "reqps", "Requests per second.", [requests, "{{upstream}}"]))
    .withPanel(
      lines("Success", "percentunit", "Share of requests without a 5xx.", [
        `1 - (${failed} or 0 * ${requests}) / ${requests}`,
        "{{upstream}}",
      ]),
    )
    .withPanel(
      lines(
        "Latency",
        "s",
        "From a request's headers to those of the third party's response.",
        ...[0.5, 0.9, 0.99].map((q) => [quantile(q), `{{upstream}} p${q * 100}`] as const),
      ),
    )
    .withPanel(
      lines(
        "In flight",
        "short",
        "Requests in flight, and what maxRequests allows all pods together.",
        [current(series(PROXY.upstreamActiveRequests, SELECTED), "sum"), "{{upstream}}"],
        [current(series(PROXY.upstreamRequestLimit, SELECTED), "sum"), "{{upstream}} limit"],
      ),
    )
    .withPanel(
      lines(
        "Bytes",
        "Bps",
        "Of bodies.",
        [perUpstream(series(PROXY.requestBytes, SELECTED)), "{{upstream}} sent"],
        [perUpstream(series(PROXY.responseBytes, SELECTED)), "{{upstream}} received"],
      ),
    )
    .withPanel(
      lines(
        "Retries",
        "percentunit",
        "Share of requests that were sent a second time, and the budget.",
        [`${perUpstream(series(PROXY.retries, SELECTED))} / ${requests}`, "{{upstream}}"],
        [current(series(PROXY.retryBudget, SELECTED), "max"), "{{upstream}} budget"],
      ),
    )
    .withPanel(
      lines(
        "Failures",
        "reqps",
        "Requests without the third party's whole response, by reason: limits, rate limits, DNS, TLS, timeouts.",
        [
          `sum by (upstream, failure) (rate(${series(PROXY.failures, SELECTED)}[${INTERVAL}]))`,
          "{{upstream}} {{failure}}",
        ],
      ),
    )
    .withPanel(
      lines("DNS", "ops", "Look-ups of third parties' names, by result.", [
        `sum by (result) (rate(${series(PROXY.lookups, { namespace: SELECTED.namespace })}[${INTERVAL}]))`,
        "{{result}}",
      ]),
    )
    .withPanel(
      values("Circuit breakers", "short", "0 closed, 0.5 half-open, 1 open; the worst pod.", [
        current(series(PROXY.breakerOpen, SELECTED), "max"),
        "{{upstream}}",
      ]),
    )
    .withPanel(
      values("Rate-limit refusals", "short", "Responses 429 of the proxy in the last hour.", [
        `sum by (upstream) (increase(${series(PROXY.failures, { ...SELECTED, failure: "rate-limited" })}[1h]))`,
        "{{upstream}}",
      ]),
    )
    .withPanel(
      values("Certificates", "d", "Days until the third party's certificate expires.", [
        `(${current(series(PROXY.certificateExpiry, SELECTED), "min")} - time()) / 86400`,
        "{{upstream}}",
      ]),
    )
    .withRow(new RowBuilder("Clients"))
    .withPanel(
      table(
        "Who calls what",
        "Requests per second by service account.",
        `sum by (client, upstream, status) (rate(${series(PROXY.requests, CALLED)}[${INTERVAL}]))`,
      ),
    )
    .withPanel(
      table(
        "Denials",
        `Requests that the policy denied in the last hour. ${CAN_I}`,
        `sum by (client, upstream, failure) (increase(${series(PROXY.denials, { namespace: SELECTED.namespace, client: CALLED.client })}[1h]))`,
      ),
    );
}
