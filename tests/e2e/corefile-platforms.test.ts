import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { stubBlock } from "../../proxy-image/src/contract/stub-domain/block";
import { TARGET_SHAPES } from "../../proxy-image/src/contract/stub-domain/target-ref";
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
        const text = loaded(corefile, ask, expect.after!);
        const { serves, log } = await startCoreDns(
          program,
          withoutPlugins(withAddresses(text), coredns?.foreignPlugins),
        );
        assert.ok(serves, log);
        assert.match(log, new RegExp(`^${ask.domain.replaceAll(".", "\\.")}\\.:\\d`, "m"));
      });
    } else {
      const refuses = coredns?.refuses;
      it(`${refuses === undefined ? "starts with" : "does not start with"} what we leave alone: ${name}`, async () => {
        const { serves, log } = await startCoreDns(program, withAddresses(withKeys(corefile, ask)));
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

/** The whole text that CoreDNS loads, with the text that the controller has written. */
function loaded(corefile: string, ask: CorefileCase["ask"], after: string): string {
  const { holds, isImported } = TARGET_SHAPES[ask.target ?? "coredns"];
  if (holds === "stubDomains") return `${corefile}\n${renderedByNodeCache(corefile, after)}`;
  return isImported ? `${withKeys(corefile, ask)}\n${after}` : after;
}

/** node-cache's placeholders, replaced as it does. */
function withAddresses(text: string): string {
  return text
    .replaceAll("__PILLAR__CLUSTER__DNS__", "10.96.0.11")
    .replaceAll("__PILLAR__UPSTREAM__SERVERS__", "9.9.9.9");
}

/** The blocks that node-cache adds for stub domains, in short: kubernetes/dns, cmd/node-cache/app/configmap.go. */
function renderedByNodeCache(corefile: string, stubDomains: string): string {
  const bind = /^ *bind .*$/m.exec(corefile)![0].trim();
  return Object.entries(JSON.parse(stubDomains) as Record<string, string[]>)
    .map(([domain, servers]) => {
      const forward = `forward . ${servers.join(" ")} {\n    force_tcp\n  }`;
      return `${domain}:53 {\n  errors\n  cache 30\n  reload\n  loop\n  ${bind}\n  ${forward}\n}\n`;
    })
    .join("");
}

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
