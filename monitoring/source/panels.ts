import * as common from "@grafana/grafana-foundation-sdk/common";
import {
  DashboardBuilder,
  type DataSourceRef,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TablePanel } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeSeriesPanel } from "@grafana/grafana-foundation-sdk/timeseries";

/** Every query goes to the Prometheus that the viewer selects. */
const PROMETHEUS: DataSourceRef = { type: "prometheus", uid: "${datasource}" };

/** Columns and rows of Grafana's grid. */
const [HALF, THIRD, HEIGHT] = [12, 8, 8];

/** One query of a panel: PromQL, and the legend of its series. */
export type Query = readonly [expr: string, legend: string];

export const INTERVAL = "$__rate_interval";

function target([expr, legend]: Query): DataqueryBuilder {
  return new DataqueryBuilder().datasource(PROMETHEUS).expr(expr).legendFormat(legend);
}

/** Lines over time. */
export function lines(
  title: string,
  unit: string,
  description: string,
  ...queries: Query[]
): TimeSeriesPanel {
  const panel = new TimeSeriesPanel()
    .title(title)
    .description(description)
    .unit(unit)
    .min(0)
    .datasource(PROMETHEUS)
    .span(HALF)
    .height(HEIGHT)
    .fillOpacity(8)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true),
    );
  for (const query of queries) panel.withTarget(target(query));
  return panel;
}

/** The current value of each series. */
export function values(title: string, unit: string, description: string, query: Query): StatPanel {
  return new StatPanel()
    .title(title)
    .description(description)
    .unit(unit)
    .datasource(PROMETHEUS)
    .span(THIRD)
    .height(HEIGHT)
    .withTarget(target(query).instant());
}

/** A table of the current values, the greatest first. */
export function table(title: string, description: string, expr: string): TablePanel {
  return new TablePanel()
    .title(title)
    .description(description)
    .datasource(PROMETHEUS)
    .span(HALF)
    .height(HEIGHT)
    .withTarget(
      target([`sort_desc(${expr})`, ""])
        .format(PromQueryFormat.Table)
        .instant(),
    );
}

/** A dashboard with its selectors: Prometheus, namespace, and others by name and label. */
export function dashboard(
  title: string,
  uid: string,
  description: string,
  variables: readonly { name: string; values: string }[],
): DashboardBuilder {
  const made = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(["k8s-egress"])
    .readonly()
    .refresh("30s")
    .time({ from: "now-1h", to: "now" })
    .withVariable(new DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus"));
  for (const { name, values: query } of variables) {
    made.withVariable(
      new QueryVariableBuilder(name)
        .label(name)
        .datasource(PROMETHEUS)
        .query(`label_values(${query}, ${name})`)
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .multi(true)
        .includeAll(true)
        .allValue(".*")
        .current({ text: "All", value: "$__all" }),
    );
  }
  return made;
}
