import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { stubBlock } from "../../proxy-image/src/contract/stub-domain/block";
import { defaultBlock, requireReload } from "../../proxy-image/src/stubdomain/corefile/default-block";
import { insertBlock, removeBlock } from "../../proxy-image/src/stubdomain/corefile/edit";
import { parseCorefile } from "../../proxy-image/src/stubdomain/corefile/server-blocks";
import { PLATFORMS } from "../stubdomain/platforms";
import { startCoreDns } from "./support/coredns-start";
import { coreDns } from "./support/coredns-verdicts";

describe("the real CoreDNS, started as on a platform", { concurrency: 6 }, () => {
  let program: string;
  before(async () => {
    program = await coreDns();
  });

  for (const [platform, corefile] of Object.entries(PLATFORMS)) {
    it(`serves the Corefile of ${platform} with a stub domain in it, which leaves without a trace`, async () => {
      const parsed = parseCorefile(corefile);
      requireReload(parsed);
      const { port, bind } = defaultBlock(corefile, parsed);
      const block = stubBlock({ domain: "egress.local", forwardTo: "10.96.3.4", port, bind, marker: "a/b" });
      const { text, inserted } = insertBlock(corefile, block);
      const { serves, log } = await startCoreDns(program, text);
      assert.ok(serves, log);
      assert.match(log, new RegExp(`^egress\\.local\\.:${port!}`, "m"));
      assert.equal(removeBlock(text, inserted).text, corefile);
    });
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
      const { serves, log } = await startCoreDns(program, corefile(PLATFORMS.kubeadm!, block));
      assert.ok(!serves);
      assert.match(log, reason);
    });
  }
});
