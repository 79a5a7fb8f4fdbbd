import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { stubBlock } from "../../proxy-image/src/contract/stub-domain/block";
import { insertBlock } from "../../proxy-image/src/stubdomain/corefile/edit";
import { CorefileError } from "../../proxy-image/src/stubdomain/corefile/error";
import type { Corefile, ServerBlock } from "../../proxy-image/src/stubdomain/corefile/corefile";
import { parseCorefile } from "../../proxy-image/src/stubdomain/corefile/server-blocks";
import { zoneKeys } from "../../proxy-image/src/stubdomain/corefile/zone-key";
import { generator } from "../stubdomain/corefile-generator";
import { COREFILES, NOT_APPENDABLE, REFUSED } from "../stubdomain/corefiles";
import { coreDns, verdictsOn, type Verdict } from "./support/coredns-verdicts";

const COUNT = 30_000;

/** What only the running CoreDNS knows: files, and environment variables. */
const UNKNOWN = /\{\$|\{%/;

function parsed(text: string): Corefile | CorefileError {
  try {
    return parseCorefile(text);
  } catch (error) {
    if (error instanceof CorefileError) return error;
    throw error;
  }
}

function summary({ keys, directives }: ServerBlock) {
  const plugins: Record<string, string[]> = {};
  for (const { name, tokens } of directives) (plugins[name] ??= []).push(...tokens.map(({ text }) => text));
  return { keys, plugins };
}

function addressError({ blocks }: Corefile): CorefileError | undefined {
  try {
    for (const { keys, line } of blocks) for (const key of keys) zoneKeys(key, line);
    return undefined;
  } catch (error) {
    if (error instanceof CorefileError) return error;
    throw error;
  }
}

describe("our reading of a Corefile and the real CoreDNS'", () => {
  let program: string;
  before(async () => {
    program = await coreDns();
  });

  it(`agree on ${COUNT} generated texts: what is refused, the blocks, their plugins' words`, async () => {
    const { noise, corefile } = generator(11);
    const texts = [
      ...Object.values(COREFILES),
      ...Object.values(REFUSED).map(([text]) => text),
      ...Object.values(NOT_APPENDABLE).map(([text]) => text),
      ...Array.from({ length: COUNT }, (_, at) => (at % 2 ? noise() : corefile())),
    ];
    const verdicts = await verdictsOn(program, texts);
    assert.equal(verdicts.length, texts.length);
    const seen = { refused: 0, accepted: 0, addresses: 0, unknown: 0 };
    for (const [at, text] of texts.entries()) {
      const ours = parsed(text);
      const theirs = verdicts[at]!;
      const where = JSON.stringify({
        text,
        theirs,
        ours: ours instanceof Error ? ours.message : ours.blocks.length,
      });
      const isUnknown =
        UNKNOWN.test(text) ||
        (!(ours instanceof CorefileError) && ours.imports.some((file) => !file.includes("*")));
      if (isUnknown) seen.unknown++;
      else if (ours instanceof CorefileError || theirs.error !== undefined) {
        assert.equal(theirs.error !== undefined, ours instanceof CorefileError, where);
        seen.refused++;
      } else {
        assert.deepEqual(theirs.blocks, ours.blocks.map(summary), where);
        seen.accepted++;
        if (compareAddresses(theirs, ours, where)) seen.addresses++;
      }
    }
    console.log(`texts ${texts.length}: ${JSON.stringify(seen)}, disagreements 0`);
    for (const count of Object.values(seen)) assert.ok(count > 300, JSON.stringify(seen));
  });

  it("agree that a stub domain added is one block more, and that nothing else changed", async () => {
    const { noise, corefile } = generator(12);
    const block = stubBlock({
      domain: "egress.local",
      port: 53,
      forwardTo: "10.96.3.4",
      marker: "egress/anchor",
    });
    const pairs: { before: string; after: string }[] = [];
    for (let at = 0; at < COUNT; at++) {
      const text = at % 4 ? corefile() : noise();
      if (UNKNOWN.test(text)) continue;
      try {
        pairs.push({ before: text, after: insertBlock(text, block).text });
      } catch (error) {
        assert.ok(error instanceof CorefileError);
      }
    }
    const [befores, afters] = await Promise.all([
      verdictsOn(
        program,
        pairs.map((pair) => pair.before),
      ),
      verdictsOn(
        program,
        pairs.map((pair) => pair.after),
      ),
    ]);
    const [own] = await verdictsOn(program, [block]);
    for (const [at, earlier] of befores.entries()) {
      const expected = earlier.error === undefined ? [...earlier.blocks!, ...own!.blocks!] : null;
      assert.deepEqual(afters[at]!.blocks, expected, JSON.stringify(pairs[at]));
      assert.equal(afters[at]!.addressError, earlier.addressError, JSON.stringify(pairs[at]));
    }
    console.log(`insertions ${pairs.length}, disagreements 0`);
    assert.ok(pairs.length > COUNT / 4);
  });
});

/** Whether there is one that is refused. Ours are stricter in one thing: names with escapes. */
function compareAddresses(theirs: Verdict, ours: Corefile, where: string): boolean {
  const keys = ours.blocks.flatMap((block) => block.keys);
  if (keys.some((key) => key.includes("\\") || key.endsWith(",") || key === "")) return false;
  assert.equal(theirs.addressError !== undefined, addressError(ours) !== undefined, where);
  return theirs.addressError !== undefined;
}
