import type { CommandWords } from "./words";

/** Shells that scripts are made for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** The completion script for a shell. Its words are names of commands and options only: letters and hyphens. */
export function completionScript(shell: Shell, commands: readonly CommandWords[]): string {
  switch (shell) {
    case "bash":
      return bash(commands);
    case "zsh":
      // zsh runs bash's completions (zshcompsys(1), bashcompinit).
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`;
    case "fish":
      return fish(commands);
  }
}

function bash(commands: readonly CommandWords[]): string {
  const groups = new Map<string, string[]>();
  for (const { name } of commands) {
    const [group = "", second] = name.split(" ");
    groups.set(group, [...(groups.get(group) ?? []), ...(second === undefined ? [] : [second])]);
  }
  const seconds = [...groups].filter(([, words]) => words.length > 0);
  return `_k8s_egress() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${[...groups.keys()].join(" ")}"
  else
    case "\${COMP_WORDS[1]} \${COMP_WORDS[2]}" in
${commands
  .map(
    ({ name, options }) =>
      `      "${name}"${name.includes(" ") ? "" : '" "*'}) words="${options.join(" ")}" ;;\n`,
  )
  .join(
    "",
  )}${seconds.map(([group, words]) => `      "${group} "*) words="${words.join(" ")}" ;;\n`).join("")}    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _k8s_egress k8s-egress
`;
}

function fish(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, options }) => {
    const [group = "", second] = name.split(" ");
    const within = second === undefined ? "" : `; and __fish_seen_subcommand_from ${second}`;
    return [
      `complete -c k8s-egress -f -n __fish_use_subcommand -a ${group}`,
      ...(second === undefined
        ? []
        : [`complete -c k8s-egress -f -n "__fish_seen_subcommand_from ${group}" -a ${second}`]),
      ...options.map(
        (option) =>
          `complete -c k8s-egress -n "__fish_seen_subcommand_from ${group}${within}" -l ${option.slice(2)}`,
      ),
    ];
  });
  return `${[...new Set(lines)].join("\n")}\n`;
}
