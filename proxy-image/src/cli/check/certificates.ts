import { PROXY_METRICS } from "../../contract/metrics/metrics";
import { labelsOf, type Values } from "../stat/exposition";
import { type Finding, ok, problem, warning } from "./finding";

/** The metric that is read. */
export const EXPIRY: ReadonlySet<string> = new Set([PROXY_METRICS.certificateExpiry.name]);

const DAY = 86_400;
/** As the alert EgressCertificateExpires. */
const SOON_DAYS = 14;

/**
 * When third parties' certificates expire, as the pods saw them at their last connections. Pure.
 *
 * @param now milliseconds since 1970
 */
export function checkCertificates(pods: readonly Values[], now: number): Finding[] {
  const expiry = new Map<string, number>();
  for (const values of pods) {
    for (const [series, seconds] of values) {
      const { upstream = "" } = labelsOf(series);
      expiry.set(upstream, Math.min(expiry.get(upstream) ?? Infinity, seconds));
    }
  }
  const runbook = "docs/runbooks/EgressCertificateExpires.md";
  const findings = [...expiry]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([upstream, seconds]) => {
      const days = Math.floor((seconds - now / 1_000) / DAY);
      if (days < 0)
        return [problem("certificates", `that of ${upstream} has expired`, "ask the third party", runbook)];
      return days < SOON_DAYS
        ? [
            warning(
              "certificates",
              `that of ${upstream} expires in ${days} day${days === 1 ? "" : "s"}`,
              "ask the third party",
              runbook,
            ),
          ]
        : [];
    });
  if (findings.length > 0) return findings;
  const text =
    expiry.size === 0
      ? "none seen yet: no third party has been called"
      : `${expiry.size} seen, valid for ${SOON_DAYS} days and more`;
  return [ok("certificates", text)];
}
