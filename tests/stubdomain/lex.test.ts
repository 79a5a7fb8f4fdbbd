import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lex } from "../../proxy-image/src/stubdomain/corefile/lex";
import { COREFILES } from "./corefiles";
import { generator } from "./corefile-generator";

const words = (text: string) => lex(text).tokens.map((token) => token.text);

describe("lexer", () => {
  const cases: [name: string, text: string, expected: string[]][] = [
    ["splits on white space", "a\tb  c\n\vd\fe", ["a", "b", "c", "d", "e"]],
    [
      "knows Go's spaces, which are not JavaScript's",
      "a\u0085b\u00a0c\u3000d\u2028e\ufefff",
      ["a", "b", "c", "d", "e\ufefff"],
    ],
    ["drops a byte order mark at the start", "\ufeffa", ["a"]],
    ["keeps a byte order mark elsewhere", "a \ufeffb", ["a", "\ufeffb"]],
    ["does not separate by carriage returns", "a\rb\r\nc", ["ab", "c"]],
    ["drops comments", "# one\na # two\nb", ["a", "b"]],
    ["starts a comment inside a word", "a#b\nc", ["a", "c"]],
    ["ends a comment inside a word with the word", "a#b c", ["a", "c"]],
    ["keeps a comment on its own to the end of the line", "#a b\n#\nc", ["c"]],
    ["takes quotes at the start of a word", '"a b" c', ["a b", "c"]],
    ["takes quotes inside a word as they are", 'a"b c"', ['a"b', 'c"']],
    ["begins a word after the closing quote", '"a"b"c"', ["a", 'b"c"']],
    ["lets quotes go over lines, with # and braces", '"a\n# {" b', ["a\n# {", "b"]],
    ["unescapes quotes and nothing else", '"a\\"b\\\\n\\t"', ['a"b\\\\n\\t']],
    ["has no escapes outside quotes", "a\\ b\\#c", ["a\\", "b\\"]],
    ["keeps empty quotes as a word", '"" a', ["", "a"]],
    ["ends open quotes with the file", 'a "b c', ["a", "b c"]],
    ["drops open quotes with nothing in them", 'a "', ["a"]],
    ["knows no braces inside words", "{a} }# {", ["{a}", "}", "{"]],
  ];
  for (const [name, text, expected] of cases) it(name, () => assert.deepEqual(words(text), expected));

  it("says whether the text ends inside quotes", () => {
    assert.equal(lex('a "b').openQuote, true);
    assert.equal(lex('a "b\\"').openQuote, true);
    assert.equal(lex('a "b"').openQuote, false);
    assert.equal(lex('a b"').openQuote, false);
  });

  it("counts lines, also those in quotes and comments", () => {
    const lines = lex('a\n"b\n\nb" c\r\n# d\ne').tokens.map(({ text, line }) => [text, line]);
    assert.deepEqual(lines, [
      ["a", 1],
      ["b\n\nb", 2],
      ["c", 4],
      ["e", 6],
    ]);
  });

  it("finds every token where it says, on the line that it says", () => {
    const { noise, corefile } = generator(1);
    const texts = [
      ...Object.values(COREFILES),
      ...Array.from({ length: 3000 }, (_, at) => (at % 2 ? noise() : corefile())),
    ];
    for (const text of texts) {
      let end = 0;
      for (const token of lex(text).tokens) {
        assert.ok(token.start >= end && token.end > token.start, JSON.stringify({ text, token }));
        assert.equal(
          token.line,
          text.slice(0, token.start).split("\n").length,
          JSON.stringify({ text, token }),
        );
        const source = text.slice(token.start, token.end);
        // Lexed alone, and not at the very start, a token's source is that token again.
        assert.deepEqual(
          words(` ${source}`),
          token.text === "" && source === '"' ? [] : [token.text],
          JSON.stringify(text),
        );
        end = token.end;
      }
    }
  });
});
