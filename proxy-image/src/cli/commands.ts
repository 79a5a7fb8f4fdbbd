import { runCanI } from "./can-i/run-can-i";
import type { Command } from "./command";
import { runDnsPrint } from "./dns-print";
import { runDnsRemove } from "./dns-remove";
import { runSuggest } from "./suggest/run-suggest";

/** All commands, by name. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  "can-i": {
    summary: "say whether the policy allows a request, and by which rule",
    errorStatus: 2,
    run: (argv, { out }) => runCanI(argv, out),
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
  suggest: {
    summary: "print the upstreams that would allow what an audit has let through",
    errorStatus: 1,
    run: (argv, { input, out, err }) => runSuggest(argv, input, out, err),
  },
};
