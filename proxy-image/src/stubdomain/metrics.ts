import { Counter, Gauge, Registry } from "prom-client";
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
  const reconciles = new Counter({
    name: "k8s_egress_stub_domain_reconciles_total",
    help: "Rounds of the controller",
    labelNames: ["result"],
    registers,
  });
  const writes = new Counter({
    name: "k8s_egress_stub_domain_writes_total",
    help: "Writes to the target of the stub domain; reason=heal counts re-insertions after somebody else overwrote it",
    labelNames: ["reason"],
    registers,
  });
  const proofs = new Counter({
    name: "k8s_egress_stub_domain_proofs_total",
    help: "Checks whether the cluster's DNS serves the stub domain",
    labelNames: ["result"],
    registers,
  });
  const overwritten = new Counter({
    name: "k8s_egress_stub_domain_overwritten_total",
    help: "Times that somebody else took the stub domain out of the cluster's DNS",
    registers,
  });
  const served = new Gauge({
    name: "k8s_egress_stub_domain_served",
    help: "1 when the last check saw the cluster's DNS serve the stub domain, otherwise 0",
    registers,
  });
  const lastProof = new Gauge({
    name: "k8s_egress_stub_domain_last_proof_timestamp_seconds",
    help: "When the cluster's DNS was last seen to serve the stub domain",
    registers,
  });
  const states = new Gauge({
    name: "k8s_egress_stub_domain_state",
    help: "1 for the state that the stub domain is in",
    labelNames: ["state"],
    registers,
  });
  const warnings = new Gauge({
    name: "k8s_egress_stub_domain_warning",
    help: "1 while the last check found this beside a stub domain that serves",
    labelNames: ["reason"],
    registers,
  });
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
