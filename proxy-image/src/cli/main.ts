import { ClusterError } from "./cluster/cluster-error";
import type { Command } from "./command";
import { COMMANDS } from "./commands";
import { UsageError } from "./usage-error";

const list = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}\n`);
const USAGE = `usage: k8s-egress COMMAND

${list.join("")}
k8s-egress COMMAND --help says more.
`;

/** The command that the arguments name, in one word or two. */
function commandOf([first = "", second]: readonly string[]): [Command, words: number] | undefined {
  if (Object.hasOwn(COMMANDS, first)) return [COMMANDS[first]!, 1];
  const both = `${first} ${second ?? ""}`;
  return Object.hasOwn(COMMANDS, both) ? [COMMANDS[both]!, 2] : undefined;
}

/** @returns the exit status; after an error 2 for wrong usage and a cluster that can't answer */
async function main(argv: string[]): Promise<number> {
  const [command, words] = commandOf(argv) ?? [undefined, 0];
  try {
    if (command) {
      const { stdin: input, stdout: out, stderr: err } = process;
      return await command.run(argv.slice(words), { input, out, err });
    }
    const [group, second] = argv;
    if (group === "--help" || group === "-h" || (group === "dns" && second === "--help")) {
      process.stdout.write(USAGE);
      return 0;
    }
    const given = [group, second].filter((word) => word !== undefined).join(" ");
    throw new UsageError(`${given === "" ? "no command" : `"${given}" is no command`}\n${USAGE}`);
  } catch (error) {
    process.stderr.write(`k8s-egress: ${error instanceof Error ? error.message : String(error)}\n`);
    const isOurs = error instanceof UsageError || error instanceof ClusterError;
    return isOurs ? 2 : (command?.errorStatus ?? 1);
  }
}

// The reader of a pipe has left, as in `tap | head`: nobody is there to be told.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
