import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { addresses } from "./addresses";
import { type Kind, readCase } from "./case-file";
import { certificates } from "./certificates";
import { dns } from "./dns";
import { paths } from "./paths";
import { requests } from "./requests";
import { responses } from "./responses";

const WHY = "why: because\n";
const REQUEST = `request: "GET / HTTP/1.1\\r\\n\\r\\n"\n`;

const malformed: [what: string, kind: Kind, text: string, says: RegExp][] = [
  ["an unknown key", requests, `${WHY}reqest: x\n`, /reqest is no key of this format\. Right: one of why, /],
  ["no expectation", requests, WHY + REQUEST, /expect is missing\. Right: a mapping with the keys status, /],
  ["an unknown expectation", requests, `${WHY}${REQUEST}expect: { stauts: 200 }`, /expect\.stauts is no key/],
  ["no reason", requests, `${REQUEST}expect: { status: 200 }`, /why is missing\. Right: a text/],
  [
    "a text for a number",
    requests,
    `${WHY}${REQUEST}expect: { status: "200" }`,
    /status is "200"\. Right: a num/,
  ],
  [
    "no byte",
    requests,
    `${WHY}request: "…"\nexpect: { status: 200 }`,
    /request has the character "…".* \\xNN/,
  ],
  [
    "variants without a place",
    requests,
    `${WHY}${REQUEST}variants: [a]\nexpect: { status: 200 }`,
    /no place for the variants\. Right: a V that stands alone/,
  ],
  ["the same key twice", requests, WHY + WHY, /is not YAML: Map keys must be unique/],
  ["no mapping", requests, "why", /the file is "why"\. Right: a mapping/],
  [
    "an unknown end",
    responses,
    `${WHY}response: x\nend: bang\nexpect: { status: 200 }`,
    /end is "bang".* fin, /,
  ],
  [
    "a step without a client",
    responses,
    `${WHY}steps: [{ response: x, expect: { status: 200 } }]`,
    /steps\[0\]\.client is missing/,
  ],
  [
    "an empty list",
    dns,
    `${WHY}steps: []`,
    /steps is no list or an empty one\. Right: a list, each a mapping with the keys after, dns, expect/,
  ],
  [
    "no outcome",
    dns,
    `${WHY}steps: [{ dns: NXDOMIAN, expect: { status: 200 } }]`,
    /dns is "NXDOMIAN".*NXDOMAIN/,
  ],
  ["nothing expected", paths, `${WHY}rules: [/a]`, /expects nothing\. Right: at least one of admitted, /],
  [
    "a text for true",
    addresses,
    `${WHY}address: "::1"\npermitted: "no"`,
    /permitted is "no"\. Right: true or fa/,
  ],
  [
    "an unknown part of a recipe",
    certificates,
    `${WHY}certificates: { leaf: { isuer: root } }\nsends: leaf\nexpect: { status: 200 }`,
    /certificates\.leaf\.isuer is no key .* issuer, /,
  ],
];

describe("a case file with", () => {
  const folder = mkdtempSync(join(tmpdir(), "egress-case-"));
  after(() => rmSync(folder, { recursive: true }));

  for (const [index, [what, kind, text, says]] of malformed.entries()) {
    it(`${what} fails with its path and what would be right`, () => {
      const path = join(folder, `${index}.yaml`);
      writeFileSync(path, text);
      assert.throws(
        () => readCase(path, kind),
        ({ message }: Error) => {
          assert.ok(message.startsWith(path), message);
          assert.match(message, says);
          return true;
        },
      );
    });
  }
});
