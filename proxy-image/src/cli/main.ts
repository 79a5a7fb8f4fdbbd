import { runDnsPrint } from "./dns-print";
import { runDnsRemove } from "./dns-remove";
import { runSuggest } from "./suggest/run-suggest";
import { UsageError } from "./usage-error";

const USAGE = `usage: k8s-egress COMMAND

  dns print    write what to configure where the controller can't: for the EKS add-on and RKE2
  dns remove   take stub domains out of a cluster's DNS when their controller is gone
  suggest      print the upstreams that would allow what an audit has let through

k8s-egress COMMAND --help says more.
`;

/** @returns the exit status: 0 done, 1 something remains to be done, 2 wrong usage */
async function main(argv: string[]): Promise<number> {
  const [group, command, ...options] = argv;
  if (group === "suggest") return runSuggest(argv.slice(1), process.stdin, process.stdout, process.stderr);
  if (group === "dns" && command === "print") return runDnsPrint(options, process.stdin, process.stdout);
  if (group === "dns" && command === "remove") return runDnsRemove(options, process.stdout, process.stderr);
  if (group === "--help" || group === "-h" || (group === "dns" && command === "--help")) {
    process.stdout.write(USAGE);
    return 0;
  }
  const given = [group, command].filter((word) => word !== undefined).join(" ");
  throw new UsageError(`${given === "" ? "no command" : `"${given}" is no command`}\n${USAGE}`);
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`k8s-egress: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  },
);
