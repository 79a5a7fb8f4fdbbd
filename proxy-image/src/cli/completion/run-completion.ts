import type { Command } from "../command";
import type { Output } from "../output";
import { UsageError } from "../usage-error";
import { completionScript, SHELLS } from "./scripts";
import { commandWords } from "./words";

export const COMPLETION_USAGE = `usage: k8s-egress completion ${SHELLS.join("|")}

Prints a script that completes commands and options. For a tool that npm has installed (npm install -g k8s-egress):

  source <(k8s-egress completion bash)         in ~/.bashrc; zsh: the same in ~/.zshrc, after compinit
  k8s-egress completion fish | source          in ~/.config/fish/config.fish

  --help
`;

/** `k8s-egress completion` @returns the exit status @throws UsageError */
export async function runCompletion(
  argv: string[],
  out: Output,
  commands: Readonly<Record<string, Command>>,
): Promise<number> {
  const [given, ...rest] = argv;
  if (given === "--help" || given === "-h") {
    out.write(COMPLETION_USAGE);
    return 0;
  }
  const shell = SHELLS.find((known) => known === given);
  if (!shell || rest.length > 0) {
    throw new UsageError(`give one of ${SHELLS.join(", ")}\n${COMPLETION_USAGE}`);
  }
  out.write(completionScript(shell, await commandWords(commands)));
  return 0;
}
