import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { stubBlock } from "../../proxy-image/src/contract/stub-domain/block";
import { parseCorefile } from "../../proxy-image/src/stubdomain/corefile/server-blocks";
import { type CorefileCase, corefileCases } from "../cases/run/corefile-case";
import { COREFILES } from "../stubdomain/corefiles";
import { startCoreDns } from "./support/coredns-start";
import { coreDns } from "./support/coredns-verdicts";

describe("the real CoreDNS, started as on a platform", { concurrency: 6 }, () => {
  let program: string;
  before(async () => {
    program = await coreDns();
  });

  for (const [name, corefileCase] of corefileCases()) {
    const { corefile, ask, expect, coredns } = corefileCase;
    if (expect.after !== undefined) {
      it(`serves the stub domain in ${name}`, async () => {
        const isCustom = ask.target === "corednsCustom";
        const text = isCustom ? `${withKeys(corefile, ask)}\n${expect.after!}` : expect.after!;
        const { serves, log } = await startCoreDns(program, withoutPlugins(text, coredns?.foreignPlugins));
        assert.ok(serves, log);
        assert.match(log, new RegExp(`^${ask.domain.replaceAll(".", "\\.")}\\.:\\d`, "m"));
      });
    } else {
      const refuses = coredns?.refuses;
      it(`${refuses === undefined ? "starts with" : "does not start with"} what we leave alone: ${name}`, async () => {
        const { serves, log } = await startCoreDns(program, withKeys(corefile, ask));
        assert.equal(serves, refuses === undefined, log);
        if (refuses !== undefined) assert.ok(log.includes(refuses), log);
      });
    }
  }

  const refused: [name: string, corefile: (kubeadm: string, block: string) => string, reason: RegExp][] = [
    ["the zone twice", (text, block) => text + block + block, /already defined/],
    [
      "another bind than the default block's",
      (text, block) => text + block.replace("errors", "bind 192.0.2.1\n  errors"),
      /cannot assign|bind/,
    ],
    [
      "a block that is not closed",
      (text, block) => text + block.replace(/ {2}\}\n\}\n$/, ""),
      /EOF|Unexpected|expecting/,
    ],
  ];
  for (const [name, corefile, reason] of refused) {
    it(`does not start with what we never write: ${name}`, async () => {
      const block = `\n${stubBlock({ domain: "egress.local", forwardTo: "10.96.3.4", port: 53 })}`;
      const { serves, log } = await startCoreDns(program, corefile(COREFILES.kubeadm!, block));
      assert.ok(!serves);
      assert.match(log, reason);
    });
  }
});

/** What CoreDNS makes of a Corefile with the other keys of the ConfigMap, in the places where it imports them. */
function withKeys(corefile: string, { beside = {} }: CorefileCase["ask"]): string {
  const keys = (ending: string) =>
    Object.entries(beside)
      .filter(([name]) => name.endsWith(ending))
      .map(([, text]) => `${text}\n`)
      .join("");
  const inside = corefile.replaceAll(/^ +import \S*\*(\.\w+)$/gm, (_, ending: string) => keys(ending));
  return `${inside}\n${keys(".server")}`;
}

/** The text without plugins that the real CoreDNS of these tests is built without. */
function withoutPlugins(text: string, plugins: readonly string[] = []): string {
  const foreign = parseCorefile(text)
    .blocks.flatMap(({ directives }) => directives)
    .filter(({ name }) => plugins.includes(name));
  return foreign.reduceRight(
    (rest, { tokens }) => rest.slice(0, tokens[0]!.start) + rest.slice(tokens.at(-1)!.end),
    text,
  );
}
