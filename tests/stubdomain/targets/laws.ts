import assert from "node:assert/strict";
import { it } from "node:test";
import { TakenError } from "../../../proxy-image/src/stubdomain/targets/error";
import type { Format } from "../../../proxy-image/src/stubdomain/targets/target";

/**
 * What holds for every format of entries, tried on texts as clusters have them.
 *
 * @param entries for egress.local and for out.example
 */
export function obeysTheLaws(
  format: Format,
  texts: Record<string, string>,
  [own, other]: readonly [string, string],
): void {
  for (const [name, text] of Object.entries({ ...texts, "not there yet": format.blank })) {
    it(`comes out as it went in: ${name}`, () => {
      const inserted = format.insert(text, own);
      assert.equal(format.remove(inserted, own), text);
      assert.equal(format.has(text, own), false);
      assert.equal(format.has(inserted, own), true);
      assert.equal(format.find(text, "egress.local"), undefined);
      assert.ok(format.same(format.find(inserted, "egress.local")!, own));
      assert.equal(format.remove(text, own), text);
    });

    it(`two leave in either order: ${name}`, () => {
      const both = format.insert(format.insert(text, own), other);
      assert.equal(format.remove(format.remove(both, own), other), text);
      assert.equal(format.remove(format.remove(both, other), own), text);
      assert.equal(format.remove(both, other), format.insert(text, own));
    });

    it(`goes in once: ${name}`, () => {
      assert.throws(
        () => format.insert(format.insert(text, own), own),
        (error) => error instanceof TakenError && format.same(error.entry!, own),
      );
    });
  }

  it("is blank where nothing is left", () => {
    assert.ok(format.isBlank(format.blank));
    assert.ok(!format.isBlank(format.insert(format.blank, own)));
  });

  it("knows what an entry is for", () => {
    assert.deepEqual(
      [own, other].map((entry) => format.domainOf(entry)),
      ["egress.local", "out.example"],
    );
    assert.ok(format.same(own, own));
    assert.ok(!format.same(own, other));
  });
}
