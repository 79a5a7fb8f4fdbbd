import type { Command } from "../command";

/** A command and the options that its usage names. */
export interface CommandWords {
  /** One word or two: `stat`, `dns print`. */
  readonly name: string;
  readonly options: readonly string[];
}

/** Options as usage texts list them: two spaces, a short one perhaps, the long one. */
const OPTION = /^ {2}(?:-[a-z], )?(--[a-z-]+)/gm;

/** The commands and options to complete, read from the usage texts: they can't differ from what `--help` says. */
export async function commandWords(commands: Readonly<Record<string, Command>>): Promise<CommandWords[]> {
  const streams = (write: (text: string) => void) => ({
    input: process.stdin,
    out: { write },
    err: { write: () => undefined },
  });
  return Promise.all(
    Object.entries(commands).map(async ([name, command]) => {
      let usage = "";
      await command.run(
        ["--help"],
        streams((text) => (usage += text)),
      );
      return { name, options: [...usage.matchAll(OPTION)].map(([, option]) => option!) };
    }),
  );
}
