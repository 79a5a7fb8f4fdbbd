import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Exchange } from "../../proxy-image/src/proxy/exchange/exchange";
import { Exchanges } from "../../proxy-image/src/proxy/observe/exchanges";

/** As much of an exchange as the list looks at. */
const exchange = () => ({ place: 0 }) as unknown as Exchange;

describe("exchanges in flight", () => {
  it("are those that were added and not deleted, in whatever order", () => {
    const all = Array.from({ length: 100 }, exchange);
    const list = new Exchanges();
    for (const one of all) list.add(one);
    const [gone, left] = [
      all.filter((_, index) => index % 3 !== 0),
      all.filter((_, index) => index % 3 === 0),
    ];
    for (const one of gone.reverse()) list.delete(one);
    assert.deepEqual(new Set(list), new Set(left));
    assert.equal(list.size, left.length);
    for (const one of left) list.delete(one);
    assert.equal(list.size, 0);
  });

  it("lose nothing else when one is deleted twice, or was never there", () => {
    const list = new Exchanges();
    const [first, second, third] = [exchange(), exchange(), exchange()];
    for (const one of [first, second, third]) list.add(one);
    for (const one of [first, first, exchange()]) list.delete(one);
    assert.deepEqual(new Set(list), new Set([second, third]));
  });

  it("can end while they are looked at", () => {
    const list = new Exchanges();
    const all = [exchange(), exchange(), exchange()];
    for (const one of all) list.add(one);
    const seen: Exchange[] = [];
    for (const one of list) {
      seen.push(one);
      list.delete(one);
    }
    assert.deepEqual(new Set(seen), new Set(all));
  });
});
