import assert from "node:assert/strict";
import { it } from "node:test";
import { parseCorefile } from "../../../proxy-image/src/stubdomain/corefile/server-blocks";
import { warningsAbout } from "../../../proxy-image/src/stubdomain/corefile/warnings";
import { targetOf } from "../../../proxy-image/src/stubdomain/targets/all";
import { TargetError } from "../../../proxy-image/src/stubdomain/targets/error";
import { type CorefileCase, corefileCases, OWN_KEY } from "./corefile-case";

/** Registers a test for each file of `tests/cases/corefiles`. */
export function testCorefileCases(): void {
  for (const [name, corefileCase] of corefileCases()) {
    it(`${name}: ${corefileCase.why.trim()}`, () => check(corefileCase));
  }
}

function check(corefileCase: CorefileCase): void {
  const { corefile, expect } = corefileCase;
  const outcome = insertInto(corefileCase);
  if (expect.refused !== undefined) {
    assert.ok("refused" in outcome, "it was not refused");
    assert.ok(outcome.refused.includes(expect.refused), outcome.refused);
    return;
  }
  assert.ok("after" in outcome, "refused" in outcome ? outcome.refused : "");
  assert.equal(outcome.after, expect.after);
  assert.equal(outcome.removed, outcome.before, "taken out again, byte for byte");
  const warnings = warningsAbout(parseCorefile(corefile));
  assert.equal(warnings.length, expect.warns?.length ?? 0, warnings.join("\n"));
  for (const [at, part] of (expect.warns ?? []).entries()) {
    assert.ok(warnings[at]!.includes(part), warnings[at]);
  }
}

/** What the controller would write, by the same functions, or the reason for which it would not. */
export function insertInto({
  corefile,
  ask,
}: Pick<CorefileCase, "corefile" | "ask">):
  { before: string; after: string; removed: string } | { refused: string } {
  const { domain, address, target: kind = "coredns", beside } = ask;
  const isCustom = kind === "corednsCustom";
  const target = targetOf({
    namespace: "kube-system",
    name: "coredns",
    kind,
    ...(isCustom && { key: OWN_KEY }),
  });
  const object = {
    metadata: { namespace: "kube-system", name: "coredns", uid: "1", resourceVersion: "1" },
    data: isCustom ? { ...beside } : { Corefile: corefile },
  };
  const before = isCustom ? "" : corefile;
  try {
    const stub = { domain, forwardTo: address, marker: "egress/anchor", owner: undefined };
    const entry = target.entry(stub, { object, corefile: isCustom ? corefile : undefined });
    const after = target.format.insert(before, entry);
    return { before, after, removed: target.format.remove(after, entry) };
  } catch (error) {
    if (error instanceof TargetError) return { refused: error.message };
    throw error;
  }
}
