import type { ConfigMap } from "../../stubdomain/cluster/cluster";
import { readStatus } from "../../stubdomain/state/status";
import { type Finding, ok, problem, warning } from "./finding";

/** Milliseconds after which a proof is old: the controller writes one at least every five minutes. */
const OLD_PROOF = 15 * 60_000;

/**
 * Whether the controller has proven that each process of the cluster's DNS serves the domain. Pure.
 *
 * @param anchor undefined if it does not exist
 * @param now milliseconds since 1970
 */
export function checkStubDomain(target: string, anchor: ConfigMap | undefined, now: number): Finding[] {
  const status = anchor && readStatus(anchor);
  const runbook = "docs/runbooks/EgressStubDomainNotServed.md";
  if (!status) {
    return [
      problem(
        "stub domain",
        `nothing is known about the one in ${target}: the controller has not reported`,
        "look at the controller's log",
        runbook,
      ),
    ];
  }
  const { state, message, lastProof, warnings = [] } = status;
  const proof = lastProof === undefined ? "never proven" : `proven at ${lastProof}`;
  const main =
    state === "serving"
      ? now - Date.parse(lastProof ?? "") > OLD_PROOF
        ? warning(
            "stub domain",
            `${message}, but ${proof}: does the controller run?`,
            "look at the controller's pod and log",
            runbook,
          )
        : ok("stub domain", `${message}; ${proof} on every replica`)
      : problem("stub domain", `${state}: ${message}`, "the runbook says what to do in each state", runbook);
  return [
    main,
    ...warnings.map(({ message }) => warning("stub domain", message, "see the page", "docs/cluster-dns.md")),
  ];
}
