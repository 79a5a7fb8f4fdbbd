import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chunkSize } from "../../proxy-image/src/proxy/http1/chunk-size";

/** Line, its size where bad whitespace is refused, and where it is accepted. */
const lines: [line: string, strict: number | undefined, lenient: number | undefined][] = [
  ["0", 0, 0],
  ["a", 10, 10],
  ["FfF", 4095, 4095],
  ["0000000000000002", 2, 2],
  ["ffffffffffff", 2 ** 48 - 1, 2 ** 48 - 1],
  ["1000000000000", undefined, undefined],
  ["2;a", 2, 2],
  ["2;a=b;c", 2, 2],
  ['2;a="b;\\" c"', 2, 2],
  ["2 ;a=b", undefined, 2],
  ["2\t; a = b", undefined, 2],
  ['2 ; a = "b" ;c', undefined, 2],
  ["2 ", undefined, undefined],
  ["2;a=b ", undefined, undefined],
  ["", undefined, undefined],
  ["-1", undefined, undefined],
  ["+2", undefined, undefined],
  ["0x2", undefined, undefined],
  ["2_0", undefined, undefined],
  [" 2", undefined, undefined],
  ["2;", undefined, undefined],
  ["2;;a", undefined, undefined],
  ["2;=b", undefined, undefined],
  ["2;a=", undefined, undefined],
  ['2;a="b', undefined, undefined],
  ['2;a="b\\', undefined, undefined],
  ['2;a="b"c', undefined, undefined],
  ["2;a\x00", undefined, undefined],
  ['2;a="\x07"', undefined, undefined],
  ["2,a", undefined, undefined],
];

describe("the line of a chunk", () => {
  for (const [line, strict, lenient] of lines) {
    it(`${JSON.stringify(line)}: ${strict ?? "refused"}, in responses ${lenient ?? "refused"}`, () => {
      assert.equal(chunkSize(line, false), strict);
      assert.equal(chunkSize(line, true), lenient);
    });
  }
});
