import { runCanI } from "./can-i/run-can-i";
import { runCheck } from "./check/run-check";
import type { Command } from "./command";
import { runCompletion } from "./completion/run-completion";
import { runDashboard } from "./dashboard/run-dashboard";
import { runDnsPrint } from "./dns-print";
import { runDnsRemove } from "./dns-remove";
import { runStat } from "./stat/run-stat";
import { runTop } from "./stat/run-top";
import { runSuggest } from "./suggest/run-suggest";
import { runTap } from "./tap/run-tap";

/** All commands, by name. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  "can-i": {
    summary: "say whether the policy allows a request, and by which rule",
    errorStatus: 2,
    run: (argv, { out }) => runCanI(argv, out),
  },
  check: {
    summary: "check the cluster before the installation, and everything after it",
    errorStatus: 2,
    run: (argv, { out }) => runCheck(argv, out),
  },
  completion: {
    summary: "print a script that completes commands and options: bash, zsh, fish",
    errorStatus: 2,
    run: (argv, { out }) => runCompletion(argv, out, COMMANDS),
  },
  dashboard: {
    summary: "open a local page with third parties, denials, pods and the stub domain",
    errorStatus: 2,
    run: (argv, streams) => runDashboard(argv, streams),
  },
  "dns print": {
    summary: "write what to configure where the controller can't: for the EKS add-on and RKE2",
    errorStatus: 1,
    run: (argv, { input, out }) => runDnsPrint(argv, input, out),
  },
  "dns remove": {
    summary: "take stub domains out of a cluster's DNS when their controller is gone",
    errorStatus: 1,
    run: (argv, { out, err }) => runDnsRemove(argv, out, err),
  },
  stat: {
    summary: "show rate, success and latency of each third party or client, from the pods' metrics",
    errorStatus: 2,
    run: (argv, streams) => runStat(argv, streams),
  },
  suggest: {
    summary: "print the upstreams that would allow what an audit has let through",
    errorStatus: 1,
    run: (argv, { input, out, err }) => runSuggest(argv, input, out, err),
  },
  tap: {
    summary: "show requests as they end, from the pods' log",
    errorStatus: 2,
    run: (argv, streams) => runTap(argv, streams),
  },
  top: {
    summary: "show which clients call which third parties now, with latency",
    errorStatus: 2,
    run: (argv, streams) => runTop(argv, streams),
  },
};
