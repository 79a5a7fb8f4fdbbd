import { Counter, type Registry } from "prom-client";
import { PROXY_METRICS } from "../../contract/metrics/metrics";

/** What became of spans; registered only where requests are traced. */
export function createTraceMetrics(registry: Registry) {
  const registers = [registry];
  const exported = new Counter({ ...PROXY_METRICS.spansExported, registers });
  const dropped = new Counter({ ...PROXY_METRICS.spansDropped, registers });
  for (const reason of ["queue_full", "export_failed"]) dropped.inc({ reason }, 0);
  return {
    exported: (spans: number): void => exported.inc(spans),
    dropped: (reason: string, spans: number): void => dropped.inc({ reason }, spans),
  };
}
