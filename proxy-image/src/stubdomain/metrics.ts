import { Counter, Gauge, Registry } from "prom-client";
import { STUB_DOMAIN_METRICS } from "../contract/metrics/metrics";
import type { WriteReason } from "./state/action";
import { STATES, type State } from "./state/status";
import { WARNING_REASONS, type WarningReason } from "./state/warning";

/** What the controller counts. */
export interface Metrics {
  registry: Registry;
  reconciled: (result: "ok" | "error") => void;
  written: (reason: WriteReason) => void;
  /** Another writer removed the stub domain from the Corefile. */
  overwritten: () => void;
  proof: (serves: boolean, at: Date) => void;
  warnings: (reasons: readonly WarningReason[]) => void;
  /** Absent: there is no anchor. */
  state: (state: State | undefined) => void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const reconciles = new Counter({ ...STUB_DOMAIN_METRICS.reconciles, registers });
  const writes = new Counter({ ...STUB_DOMAIN_METRICS.writes, registers });
  const proofs = new Counter({ ...STUB_DOMAIN_METRICS.proofs, registers });
  const overwritten = new Counter({ ...STUB_DOMAIN_METRICS.overwritten, registers });
  const served = new Gauge({ ...STUB_DOMAIN_METRICS.served, registers });
  const lastProof = new Gauge({ ...STUB_DOMAIN_METRICS.lastProof, registers });
  const states = new Gauge({ ...STUB_DOMAIN_METRICS.state, registers });
  const warnings = new Gauge({ ...STUB_DOMAIN_METRICS.warning, registers });
  return {
    registry,
    reconciled: (result) => reconciles.inc({ result }),
    written: (reason) => writes.inc({ reason }),
    overwritten: () => overwritten.inc(),
    proof: (serves, at) => {
      served.set(serves ? 1 : 0);
      proofs.inc({ result: serves ? "serves" : "fails" });
      if (serves) lastProof.set(at.getTime() / 1000);
    },
    warnings: (reasons) => {
      for (const reason of WARNING_REASONS) warnings.set({ reason }, reasons.includes(reason) ? 1 : 0);
    },
    state: (current) => {
      for (const state of STATES) states.set({ state }, state === current ? 1 : 0);
    },
  };
}
