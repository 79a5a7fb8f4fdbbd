import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stubBlock } from "../../proxy-image/src/contract/stub-domain/block";
import {
  hasBlock,
  insertBlock,
  removeBlock,
  type Inserted,
} from "../../proxy-image/src/stubdomain/corefile/edit";
import { CorefileError } from "../../proxy-image/src/stubdomain/corefile/error";
import type { ServerBlock } from "../../proxy-image/src/stubdomain/corefile/corefile";
import { parseCorefile } from "../../proxy-image/src/stubdomain/corefile/server-blocks";
import { generator } from "./corefile-generator";
import { COREFILES } from "./corefiles";

/** Generated Corefiles for each property. */
const COUNT = 3000;

const block = (domain: string, marker: string, port = 53) =>
  stubBlock({ domain, port, forwardTo: "10.96.3.4", marker });
const EGRESS = block("egress.local", "egress/anchor");
const OTHER = block("out.example", "other/anchor");

function inserted(corefile: string, text: string): Inserted | undefined {
  try {
    return insertBlock(corefile, text);
  } catch (error) {
    if (error instanceof CorefileError) return undefined;
    throw error;
  }
}

/** Runs a property on every Corefile of the corpus, and on generated ones, that takes a block. */
function forEachCorefile(
  seed: number,
  property: (corefile: string, egress: Inserted, at: number) => void,
): void {
  const { corefile } = generator(seed);
  const texts = [...Object.values(COREFILES), ...Array.from({ length: COUNT }, corefile)];
  let count = 0;
  for (const [at, text] of texts.entries()) {
    const egress = inserted(text, EGRESS);
    if (!egress) continue;
    count++;
    try {
      property(text, egress, at);
    } catch (error) {
      throw new Error(`Corefile ${JSON.stringify(text)}`, { cause: error });
    }
  }
  assert.ok(count > COUNT / 2, `only ${count} of ${texts.length} Corefiles took the block`);
}

const blocksOf = (text: string) => parseCorefile(text).blocks.map(meaning);

function meaning({ keys, directives }: ServerBlock) {
  return [keys, ...directives.map(({ tokens }) => tokens.map(({ text }) => text))];
}

describe("for every Corefile, the stub domain", () => {
  it("changes no byte of others, and comes once", () => {
    forEachCorefile(21, (corefile, egress) => {
      assert.equal(egress.text, corefile + egress.inserted);
      assert.ok(hasBlock(parseCorefile(egress.text), egress.inserted));
      assert.equal(inserted(egress.text, EGRESS), undefined);
    });
  });

  it("leaves no byte behind", () => {
    forEachCorefile(22, (corefile, egress) => {
      assert.deepEqual(removeBlock(egress.text, egress.inserted), { text: corefile, how: "exact" });
      assert.deepEqual(removeBlock(corefile, egress.inserted), { text: corefile, how: "absent" });
    });
  });

  it("stands beside another's, and both leave in either order", () => {
    forEachCorefile(23, (corefile, egress) => {
      const both = insertBlock(egress.text, OTHER);
      assert.equal(removeBlock(both.text, both.inserted).text, egress.text);
      const withoutEgress = removeBlock(both.text, egress.inserted).text;
      assert.ok(hasBlock(parseCorefile(withoutEgress), both.inserted));
      assert.equal(removeBlock(withoutEgress, both.inserted).text, corefile);
    });
  });

  /** What others do to the text around the block meanwhile; undefined where it does not apply. */
  const edits: Record<string, (text: string, own: string) => string | undefined> = {
    "a block behind it": (text) => `${text}z.example:53 {\n    whoami\n}\n`,
    "a block behind it, without a line break": (text) => `${text}z.example:53 {\n    whoami\n}`,
    "a comment behind it": (text) => `${text}# z\n`,
    "white space behind it": (text) => `${text}\n \t\n`,
    "a block before all others": (text) =>
      text.startsWith("\ufeff") ? undefined : `z.example:53 {\n    whoami\n}\n${text}`,
    "a comment before all others": (text) => (text.startsWith("\ufeff") ? undefined : `# z\n${text}`),
    "a plugin in the default block": (text) =>
      /^\s*reload$/m.test(text) ? text.replace(/^\s*reload$/m, "$&\n  whoami") : undefined,
    "a block right before it": (text, own) => text.replace(own, () => `\nz.example:53 {\n  whoami\n}${own}`),
  };
  for (const [name, edit] of Object.entries(edits)) {
    it(`leaves others' edits of meanwhile as they are: ${name}`, () => {
      forEachCorefile(24, (corefile, egress) => {
        const edited = edit(egress.text, egress.inserted);
        if (edited === undefined || !parses(edited)) return;
        const expected = edited.replace(egress.inserted, "");
        const { text } = removeBlock(edited, egress.inserted);
        // Where nothing else parts what others wrote, our line break stays.
        if (text !== expected) assert.equal(text, edited.replace(egress.inserted, "\n"));
        assert.deepEqual(
          blocksOf(text),
          blocksOf(edited).filter(([keys]) => String(keys) !== "egress.local:53"),
        );
        assert.ok(corefile.length <= text.length + 1);
      });
    });
  }

  it("is found by its words when the whole text was formatted anew, comments gone", () => {
    forEachCorefile(25, (corefile, egress, at) => {
      const anew = serialised(egress.text, at % 2 ? "\n" : "\r\n", at % 3 ? "    " : "\t");
      if (anew === undefined) return;
      assert.deepEqual(blocksOf(anew), blocksOf(egress.text));
      const { text, how } = removeBlock(anew, egress.inserted);
      assert.equal(how, "structural");
      assert.deepEqual(blocksOf(text), blocksOf(corefile));
      assert.equal(text, anew.slice(0, text.length), "nothing before it changes");
    });
  });

  it("is not touched by a removal of what only looks alike", () => {
    forEachCorefile(26, (_, egress) => {
      for (const alike of [
        block("egress.local", "egress/anchor", 1053),
        block("a.egress.local", "egress/anchor"),
        block("egress.local.example", "egress/anchor"),
      ]) {
        assert.deepEqual(removeBlock(egress.text, `\n${alike}`), { text: egress.text, how: "absent" });
      }
      const changed = EGRESS.replace("10.96.3.4", "10.96.3.5");
      assert.throws(() => removeBlock(egress.text, `\n${changed}`), /not the one that was put in/);
    });
  });
});

function parses(text: string): boolean {
  try {
    parseCorefile(text);
    return true;
  } catch (error) {
    if (error instanceof CorefileError) return false;
    throw error;
  }
}

/** As a program writes it that reads a Corefile and prints what it understood; undefined where quotes can't say it. */
function serialised(text: string, lineBreak: string, indent: string): string | undefined {
  const { blocks } = parseCorefile(text);
  const words = blocks.flatMap(({ keys, directives }) => [
    ...keys,
    ...directives.flatMap(({ tokens }) => tokens.map((token) => token.text)),
  ]);
  const names = blocks.flatMap(({ keys, directives }) => [...keys, ...directives.map(({ name }) => name)]);
  if (names.some((name) => /^[{}]$/.test(name))) return undefined;
  if (words.some((word) => /\\|[\n\r]|^import$|^\(.*\)$|,$/.test(word))) return undefined;
  const quoted = (word: string) =>
    word === "" || /[\s\u0080-\uffff"#]|^[{}]$/.test(word) ? `"${word.replaceAll('"', '\\"')}"` : word;
  const lines = blocks.flatMap(({ keys, directives }) => [
    `${keys.map(quoted).join(" ")} {`,
    ...directives.map(({ tokens }) =>
      tokens.reduce((written, token, at) => {
        const isNewLine = at > 0 && token.line > tokens[at - 1]!.line;
        const word = token.text === "{" || token.text === "}" ? token.text : quoted(token.text);
        return written + (at === 0 ? indent : isNewLine ? lineBreak + indent : " ") + word;
      }, ""),
    ),
    "}",
  ]);
  return lines.join(lineBreak) + lineBreak;
}
