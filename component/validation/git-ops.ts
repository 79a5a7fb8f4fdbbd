import type { EgressProxyArgs } from "../args/egress-proxy";
import { DnsMode } from "../args/dns";
import { checkBoolean, checkObject } from "./checks/checks";
import { isDeferred, type Problems } from "./checks/problems";

/** Adds a problem for every error in `gitOps`. */
export function checkGitOps({ gitOps: given, dns }: EgressProxyArgs, problems: Problems): void {
  if (given === undefined || isDeferred(given)) return;
  const gitOps = checkObject(given, "gitOps", ["argoCd"], "{ argoCd: true }", problems);
  if (!gitOps || isDeferred(gitOps.argoCd)) return;
  checkBoolean(gitOps.argoCd, "gitOps.argoCd", problems);
  if (gitOps.argoCd === true && (dns?.mode ?? DnsMode.StubDomain) === DnsMode.StubDomain) {
    problems.add(
      "gitOps.argoCd",
      "needs another dns.mode: the removal of a stub domain depends on Pulumi's order of deletion, which Argo CD does " +
        'not have; set dns.mode to "manual" or "none"',
    );
  }
}
