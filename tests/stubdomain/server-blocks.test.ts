import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CorefileError } from "../../proxy-image/src/stubdomain/corefile/error";
import { parseCorefile } from "../../proxy-image/src/stubdomain/corefile/server-blocks";
import { COREFILES, REFUSED } from "./corefiles";
import { generator } from "./corefile-generator";

const summary = (text: string) =>
  parseCorefile(text).blocks.map(({ keys, directives }) => [
    keys.join(" "),
    ...directives.map(({ tokens }) => tokens.map((token) => token.text).join(" ")),
  ]);

describe("server blocks", () => {
  it("reads keys over several lines after commas", () => {
    assert.deepEqual(summary("a, b,\nc d {\n errors\n}\n"), [["a b c d", "errors"]]);
  });

  it("reads plugins with their braces", () => {
    assert.deepEqual(summary(". {\n cache {\n  success 1\n  x { y\n }\n }\n errors\n}"), [
      [".", "cache { success 1 x { y } }", "errors"],
    ]);
  });

  it("lets a block without braces reach to the end", () => {
    assert.deepEqual(summary("example.org\nerrors\nother.example:53 { a\n}\n"), [
      ["example.org", "errors", "other.example:53 { a }"],
    ]);
  });

  it("expands snippets, also those of plugins' braces and of other snippets", () => {
    const text =
      "(a) {\n errors\n}\n(b) {\n import a\n cache 30\n}\n(c) {\n  max_fails 1\n}\n. {\n import b\n forward . 1.1.1.1 {\n  import c\n }\n}";
    assert.deepEqual(summary(text), [[".", "errors", "cache 30", "forward . 1.1.1.1 { max_fails 1 }"]]);
  });

  it("names the files that it can't look into", () => {
    const { imports, blocks } = parseCorefile(COREFILES["k3s, whose files are imported"]!);
    assert.deepEqual(imports, ["/etc/coredns/custom/*.override", "/etc/coredns/custom/*.server"]);
    assert.equal(blocks.length, 1);
  });

  it("ignores a block without keys, as CoreDNS does", () => {
    assert.deepEqual(summary("{\n errors\n}\n"), []);
  });

  it("takes the last plugin's brace for the block's at the end of the file, as CoreDNS does", () => {
    const [block] = parseCorefile(". {\n health {\n lameduck 5s\n }\n").blocks;
    assert.equal(block?.end, undefined);
  });

  it("knows where a block begins and ends", () => {
    const text = "# one\n a.example {\n} # two\n";
    const [block] = parseCorefile(text).blocks;
    assert.equal(text.slice(block?.start, block?.end), "a.example {\n}");
  });

  it("reads every Corefile of the corpus", () => {
    for (const [name, text] of Object.entries(COREFILES))
      assert.ok(parseCorefile(text).blocks.length > 0, name);
  });

  for (const [name, [text, line, reason]] of Object.entries(REFUSED)) {
    it(`refuses: ${name}`, () => {
      assert.throws(
        () => parseCorefile(text),
        (error) => error instanceof CorefileError && error.line === line && reason.test(error.message),
      );
    });
  }

  it("gives up on snippets that grow without end", () => {
    const snippets = Array.from(
      { length: 40 },
      (_, at) => `(s${at + 1}) {\n import s${at}\n import s${at}\n}`,
    );
    const text = `(s0) {\n errors\n}\n${snippets.join("\n")}\n. {\n import s40\n}\n`;
    assert.throws(() => parseCorefile(text), /more than/);
  });

  it("gives up on snippets that add up to more than memory holds", () => {
    const words = " errors\n".repeat(5000);
    const text = `(s) {\n${words}}\n. {\n${" import s\n".repeat(5000)}}\n`;
    assert.throws(() => parseCorefile(text), /add up to more than/);
  });

  it("throws nothing but CorefileError, whatever the text", () => {
    const { noise, corefile } = generator(2);
    let refused = 0;
    for (let at = 0; at < 4000; at++) {
      const text = at % 2 ? noise() : corefile();
      try {
        parseCorefile(text);
      } catch (error) {
        assert.ok(error instanceof CorefileError, JSON.stringify(text));
        refused++;
      }
    }
    assert.ok(refused > 200 && refused < 3800, `${refused} of 4000 refused: the generator must make both`);
  });
});
