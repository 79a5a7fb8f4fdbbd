import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, it } from "node:test";
import { COMMANDS } from "../../proxy-image/src/cli/commands";
import { runCompletion } from "../../proxy-image/src/cli/completion/run-completion";
import { UsageError } from "../../proxy-image/src/cli/usage-error";

async function script(shell: string): Promise<string> {
  let text = "";
  await runCompletion([shell], { write: (piece) => (text += piece) }, COMMANDS);
  return text;
}

/** What bash offers for a line whose last word is being typed. */
async function offered(...words: string[]): Promise<string[]> {
  const call = `${await script("bash")}
COMP_WORDS=(k8s-egress ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}
_k8s_egress; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync("bash", ["--norc", "-c", call], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout.split("\n").filter((word) => word !== "");
}

describe("k8s-egress completion", () => {
  it("bash completes commands, second words and options", async () => {
    assert.deepEqual(await offered("st"), ["stat"]);
    assert.deepEqual(await offered("dns", ""), ["print", "remove"]);
    assert.deepEqual(await offered("tap", "--m"), ["--method", "--max"]);
    assert.ok((await offered("dns", "remove", "--")).includes("--dry-run"));
    assert.ok((await offered("stat", "--window", "3", "--w")).includes("--watch"));
  });

  it("has every command, and options of each", async () => {
    const text = await script("fish");
    for (const name of Object.keys(COMMANDS)) assert.ok(text.includes(` -a ${name.split(" ")[0]}\n`), name);
    assert.match(text, /__fish_seen_subcommand_from can-i" -l as\n/);
    assert.match(await script("zsh"), /^autoload -U \+X bashcompinit/);
  });

  for (const argv of [[], ["powershell"], ["bash", "zsh"]]) {
    it(`${JSON.stringify(argv)} is wrong usage`, () =>
      assert.rejects(runCompletion(argv, { write: () => undefined }, COMMANDS), UsageError));
  }
});

it("a reader that leaves early, as in `| head`, is no error", () => {
  const main = resolve(__dirname, "../../proxy-image/src/cli/main.ts");
  const pipe = `set -o pipefail; '${process.execPath}' --import=tsx '${main}' completion fish | true`;
  const { status, stderr } = spawnSync("bash", ["--norc", "-c", pipe], { encoding: "utf8" });
  assert.deepEqual([status, stderr], [0, ""]);
});
