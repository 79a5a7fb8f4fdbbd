import { type Block, blocksOf, root } from "./blocks";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const PAGE = "docs/first-five-minutes.md";

/** A text of the tutorial, and what stands for it where the Internet cannot be reached. */
export type Replacement = readonly [text: string, instead: string];

/** What a reader of one language does, as one shell script, and what the page says that it prints. */
export interface Tutorial {
  readonly script: string;
  readonly expected: readonly Expectation[];
}

export interface Expectation {
  /** Which block of commands prints it. */
  readonly step: number;
  readonly line: number;
  readonly text: string;
}

/**
 * The tutorial as a reader of `language` follows it: files are written as they stand there, commands run in one shell.
 *
 * @throws if the page lacks a text that is to be replaced
 */
export function tutorialOf(
  language: string,
  languages: readonly string[],
  replacements: readonly Replacement[],
): Tutorial {
  const others = languages.filter((other) => other !== language);
  const isOthers = ({ headings }: Block) =>
    headings.some((heading) => others.some((other) => heading.startsWith(other)));
  const blocks = blocksOf(PAGE, readFileSync(join(root, PAGE), "utf8")).filter((block) => !isOthers(block));
  const script = ["set -euo pipefail"];
  const expected: Expectation[] = [];
  let step = 0;
  for (const { language: kind, name, code, line } of blocks) {
    if (name !== undefined) script.push(`cat > '${name}' <<'END-OF-FILE'\n${code}END-OF-FILE`);
    else if (kind === "sh") script.push(`echo '${marker(++step)}'`, code);
    else if (kind === "text") expected.push({ step, line, text: code });
  }
  return { script: replaceAll(script.join("\n"), replacements), expected };
}

function replaceAll(text: string, replacements: readonly Replacement[]): string {
  return replacements.reduce((so, [wanted, instead]) => {
    if (!so.includes(wanted)) throw new Error(`${PAGE} has no ${JSON.stringify(wanted)} to replace`);
    return so.replaceAll(wanted, instead);
  }, text);
}

/** What the script's output lacks of what the page says, with the page's line. */
export function missingFrom(output: string, expected: readonly Expectation[]): string[] {
  return expected
    .filter(({ step, text }) => !outputOf(output, step).includes(text))
    .map(({ step, line, text }) => `${PAGE}:${line}: not printed:\n${text}\nbut:\n${outputOf(output, step)}`);
}

function outputOf(output: string, step: number): string {
  const [, after = ""] = output.split(`${marker(step)}\n`);
  return after.split(`${marker(step + 1)}\n`)[0]!;
}

function marker(step: number): string {
  return `===== step ${step}`;
}
