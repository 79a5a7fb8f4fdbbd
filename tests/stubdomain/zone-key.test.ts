import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CorefileError } from "../../proxy-image/src/stubdomain/corefile/error";
import { zoneKeys } from "../../proxy-image/src/stubdomain/corefile/zone-key";

const zones = (key: string) =>
  zoneKeys(key).map(({ zone, port, protocol }) => `${protocol}://${zone}:${port}`);

describe("addresses of server blocks", () => {
  const cases: [key: string, expected: string[]][] = [
    [".", ["dns://.:53"]],
    [".:1053", ["dns://.:1053"]],
    ["Egress.LOCAL", ["dns://egress.local.:53"]],
    ["egress.local.:053", ["dns://egress.local.:53"]],
    ["dns://egress.local", ["dns://egress.local.:53"]],
    ["tls://egress.local", ["tls://egress.local.:853"]],
    ["quic://egress.local", ["quic://egress.local.:853"]],
    ["grpc://egress.local", ["grpc://egress.local.:443"]],
    ["https://egress.local:8443", ["https://egress.local.:8443"]],
    ["https3://egress.local", ["https3://egress.local.:443"]],
    ["10.0.0.0/8", ["dns://10.in-addr.arpa.:53"]],
    ["10.0.0.0/24:5353", ["dns://0.0.10.in-addr.arpa.:5353"]],
    ["10.0.0.7/32", ["dns://7.0.0.10.in-addr.arpa.:53"]],
    ["10.128.0.0/9", Array.from({ length: 128 }, (_, at) => `dns://${128 + at}.10.in-addr.arpa.:53`)],
    ["172.16.0.0/15", ["dns://16.172.in-addr.arpa.:53", "dns://17.172.in-addr.arpa.:53"]],
    ["10.0.0.0/33", ["dns://10.0.0.0/33.:53"]],
    ["2001:db8::/32", ["dns://8.b.d.0.1.0.0.2.ip6.arpa.:53"]],
    ["fd00::/7", ["dns://c.f.ip6.arpa.:53", "dns://d.f.ip6.arpa.:53"]],
    ["{$ZONE}:53", []],
    ["{%ZONE%}", []],
  ];
  for (const [key, expected] of cases) {
    it(`${key} is ${expected.slice(0, 2).join(", ") || "not known"}`, () =>
      assert.deepEqual(zones(key), expected));
  }

  it("keeps apart a port that is written and one that is not", () => {
    assert.equal(zoneKeys(".")[0]?.explicitPort, false);
    assert.equal(zoneKeys(".:53")[0]?.explicitPort, true);
  });

  for (const key of [
    "",
    "a.example:",
    ":53",
    "a..b",
    ".a",
    `${"a".repeat(64)}.b`,
    "a.".repeat(140),
    "a\\.b",
  ]) {
    it(`refuses ${JSON.stringify(key.slice(0, 20))}`, () => {
      assert.throws(
        () => zoneKeys(key, 7),
        (error) => error instanceof CorefileError && error.line === 7,
      );
    });
  }
});
