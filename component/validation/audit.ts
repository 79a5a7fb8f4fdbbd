import { type Audit, LogLevel } from "../args/observation";
import { DnsMode } from "../args/dns";
import type { EgressProxyArgs } from "../args/egress-proxy";
import { MeshMode } from "../args/mesh";
import { isDay } from "../../proxy-image/src/contract/policy/instant";
import { checkObject } from "./checks/checks";
import { dayAfter } from "./values/day";
import { checkNamespaceNames } from "./checks/lists";
import { isDeferred, type Problems, show } from "./checks/problems";

/** An audit is for finding out; one that is not reviewed for a quarter of a year is no audit any more. */
const MAX_DAYS_AHEAD = 90;

/** Adds a problem for every error in `audit`, in itself and beside the other arguments. */
export function checkAudit({ audit, mesh, dns, log }: EgressProxyArgs, now: Date, problems: Problems): void {
  if (audit === undefined || isDeferred(audit)) return;
  const keys: (keyof Audit)[] = ["namespaces", "until"];
  const example = `{ namespaces: ["shop"], until: "${dayAfter(now, 30)}" }`;
  const given = checkObject(audit, "audit", keys, example, problems);
  if (!given) return;
  checkNamespaceNames(
    given.namespaces,
    "audit.namespaces",
    `["shop"]`,
    problems,
    "an audit of nobody lets nothing out, and `audit` can be left out",
  );
  checkUntil(given.until, now, problems);
  if (mesh?.mode === MeshMode.None) {
    problems.add(
      "audit",
      `needs mesh.mode "required" or "optional": without a mesh nobody vouches for who calls`,
    );
  }
  if (dns?.mode === DnsMode.None) {
    problems.add("audit", `needs names that resolve, and dns.mode "none" has none but the upstreams'`);
  }
  if (log?.level === LogLevel.Warn || log?.level === LogLevel.Error) {
    problems.add("audit", `needs a log of who asked for what; log.level ${show(log.level)} leaves it out`);
  }
}

/** A day in the past is valid: an audit that has ended must not block an urgent `up`. */
function checkUntil(until: unknown, now: Date, problems: Problems): void {
  const right = `give the last day, such as "${dayAfter(now, 30)}"`;
  const latest = dayAfter(now, MAX_DAYS_AHEAD);
  if (typeof until !== "string" || !isDay(until)) {
    problems.add("audit.until", `${show(until)} is no day; ${right}`);
  } else if (until > latest) {
    problems.add("audit.until", `${show(until)} is more than ${MAX_DAYS_AHEAD} days ahead; ${right}`);
  }
}
