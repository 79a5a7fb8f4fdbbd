import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TakenError, TargetError } from "../../../proxy-image/src/stubdomain/targets/error";
import { stubDomains } from "../../../proxy-image/src/stubdomain/targets/kube-dns";
import { obeysTheLaws } from "./laws";

const kubeDns = stubDomains();

const { format } = kubeDns;
const entry = (domain: string, forwardTo = "10.96.3.4") =>
  kubeDns.entry(
    { domain, forwardTo, marker: "a/b", owner: undefined },
    { object: undefined, corefile: undefined },
  );
const OWN = entry("egress.local");

const TEXTS = {
  empty: "{}",
  "empty, with space": " { \n } \n",
  compact: '{"acme.local":["1.2.3.4"]}',
  pretty:
    '{\n  "acme.local": [\n    "1.2.3.4",\n    "1.2.3.5:5353"\n  ],\n  "corp.example": ["10.1.1.1"]\n}\n',
  "tabs and CRLF": '{\r\n\t"acme.local": ["1.2.3.4"]\r\n}',
  "space before commas": '{ "a.local" : [ "1.1.1.1" ] , "b.local" : [ ] }',
  "escapes and braces in strings": '{"a\\"},\\u0062.local": ["1.1.1.1"], "c{.local": ["[::1]:53"]}',
  "a key twice": '{"a.local": ["1.1.1.1"], "a.local": ["2.2.2.2"]}',
};

describe("the stubDomains of kube-dns", () => {
  obeysTheLaws(format, TEXTS, [OWN, entry("out.example")]);

  it("keep their look when one is added", () => {
    assert.equal(format.insert("{}", OWN), '{"egress.local": ["10.96.3.4"]}');
    assert.equal(
      format.insert('{\n  "acme.local": ["1.2.3.4"]\n}\n', OWN),
      '{\n  "egress.local": ["10.96.3.4"],\n  "acme.local": ["1.2.3.4"]\n}\n',
    );
  });

  it("lose only ours after somebody edited or re-formatted them", () => {
    const inserted = format.insert(TEXTS.pretty, OWN);
    const edited = inserted.replace('"10.1.1.1"', '"10.1.1.1", "10.1.1.2"');
    assert.equal(format.remove(edited, OWN), TEXTS.pretty.replace('"10.1.1.1"', '"10.1.1.1", "10.1.1.2"'));
    const value = JSON.parse(inserted) as object;
    for (const text of [JSON.stringify(value), JSON.stringify(value, null, 4)]) {
      assert.deepEqual(JSON.parse(format.remove(text, OWN)), JSON.parse(TEXTS.pretty));
    }
    const last = '{"acme.local": ["1.2.3.4"], "egress.local": ["10.96.3.4"]}';
    assert.equal(format.remove(last, OWN), '{"acme.local": ["1.2.3.4"]}');
  });

  it("are refused where ours was changed by hand", () => {
    assert.throws(() => format.remove('{"egress.local": ["1.1.1.1"]}', OWN), /changed by hand/);
  });

  it("are not taken from somebody, however the domain is spelt", () => {
    for (const key of ["egress.local", "EGRESS.local", "egress.local."]) {
      assert.throws(() => format.insert(JSON.stringify({ [key]: ["1.1.1.1"] }), OWN), TakenError);
    }
    assert.equal(format.isOurs('{"egress.local": ["10.96.3.4"]}', OWN), false);
  });

  for (const text of [
    "",
    "[]",
    "null",
    '"x"',
    "{",
    '{"a": }',
    '{"a.local": "1.1.1.1"}',
    '{"a.local": [1]}',
  ]) {
    it(`are refused, as kube-dns would ignore them: ${text}`, () =>
      assert.throws(() => format.insert(text, OWN), TargetError));
  }

  it("have no member of an object's prototype", () => {
    const hostile = '{"__proto__": ["1.1.1.1"], "constructor": ["2.2.2.2"]}';
    assert.equal(format.remove(format.insert(hostile, OWN), OWN), hostile);
  });
});
