import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./blocks";

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  scripts: { [name: string]: string | undefined };
};

/** The commands of `npx k8s-egress`, from its own help. */
const commands = spawnSync(process.execPath, [join(root, "proxy-image/bin/k8s-egress.js"), "--help"], {
  encoding: "utf8",
})
  .stdout.split("\n")
  .flatMap((line) => /^ {2}(\S+(?: \S+)?) {2,}/.exec(line)?.[1] ?? []);

/** What is wrong with shell code: its syntax, a script that package.json has not, a command that the CLI has not. */
export function shellProblems(code: string): string[] {
  const problems: string[] = [];
  const { status, stderr } = spawnSync("bash", ["-n"], { input: code, encoding: "utf8" });
  if (status !== 0) problems.push(stderr.trim());
  for (const [, script] of code.matchAll(/\bnpm run ([\w:-]+)/g))
    if (scripts[script!] === undefined) problems.push(`package.json has no script ${script!}`);
  for (const [, words] of code.matchAll(/\bnpx k8s-egress ([a-z][a-z -]*)/g))
    if (!commands.some((command) => `${words!.trim()} `.startsWith(`${command} `)))
      problems.push(`npx k8s-egress has no command ${words!.trim()}; there are ${commands.join(", ")}`);
  return problems;
}
