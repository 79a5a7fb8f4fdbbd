import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { refreshTarget } from "../../proxy-image/src/proxy/forward/refresh";

/** Values, and the URL in each as browsers find it (HTML, "shared declarative refresh steps"). */
const values: [value: string, url: string | undefined][] = [
  ["5; url=https://a/b", "https://a/b"],
  ["5;URL=https://a/b", "https://a/b"],
  [" 0.5 ,  Url = '/x' ", "/x"],
  ['0;url="/x', "/x"],
  ["0; /x", "/x"],
  ["0 /x", "/x"],
  ["0;urls", "urls"],
  ["0; url", "url"],
  ["5", undefined],
  ["5;", undefined],
  ["5; ", undefined],
  ["x; url=/a", undefined],
  ["; url=/a", undefined],
  ["5x; url=/a", undefined],
  ["", undefined],
  [`${"\xa0".repeat(32_000)}x`, undefined],
];

describe("the URL in a Refresh field", () => {
  for (const [value, url] of values) {
    it(`${JSON.stringify(value.slice(0, 40))}: ${url ?? "none"}`, () => {
      const target = refreshTarget(value);
      assert.equal(target && value.slice(target.start, target.end), url);
    });
  }
});
