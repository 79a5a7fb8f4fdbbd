import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { contains, formatCidr, parseCidr } from "../../component/cidr";

const written = (text: string) => {
  const range = parseCidr(text);
  return range && formatCidr(range);
};

describe("CIDR notation", () => {
  for (const [text, canonical] of [
    ["10.1.2.3/16", "10.1.0.0/16"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["255.255.255.255/32", "255.255.255.255/32"],
    ["2001:DB8:0:0:1::7/64", "2001:db8::/64"],
    ["::/0", "::/0"],
    ["::1/128", "::1/128"],
    ["fe80::ffff/10", "fe80::/10"],
    ["::ffff:10.0.0.1/104", "::ffff:a00:0/104"],
    ["1:2:3:4:5:6:7:8/127", "1:2:3:4:5:6:7:8/127"],
  ] as const) {
    it(`${text} is ${canonical}`, () => assert.equal(written(text), canonical));
  }

  for (const text of [
    "10.0.0.0",
    "10.0.0/8",
    "10.0.0.0/33",
    "::/129",
    "10.0.0.0/08",
    "fe80::1%a/64",
    "/8",
    "",
  ]) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(parseCidr(text), undefined));
  }

  it("contains what begins with the same bits, of the same family", () => {
    const within = (outer: string, inner: string) => contains(parseCidr(outer)!, parseCidr(inner)!);
    assert.equal(within("10.0.0.0/8", "10.255.0.0/16"), true);
    assert.equal(within("10.0.0.0/8", "10.0.0.0/8"), true);
    assert.equal(within("10.0.0.0/8", "0.0.0.0/0"), false);
    assert.equal(within("10.0.0.0/8", "11.0.0.0/16"), false);
    assert.equal(within("2000::/3", "3fff::/20"), true);
    assert.equal(within("2000::/3", "fc00::/7"), false);
    assert.equal(within("::/0", "10.0.0.0/8"), false);
  });
});
