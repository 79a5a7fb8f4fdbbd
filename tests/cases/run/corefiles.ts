import assert from "node:assert/strict";
import { parseCorefile } from "../../../proxy-image/src/stubdomain/corefile/server-blocks";
import { warningsAbout } from "../../../proxy-image/src/stubdomain/corefile/warnings";
import { targetOf } from "../../../proxy-image/src/stubdomain/targets/all";
import { TargetError } from "../../../proxy-image/src/stubdomain/targets/error";
import { type Kind, kind } from "./case-file";
import { type CorefileCase, corefileFormat } from "./corefile-case";

/** Key of ours in the ConfigMap `coredns-custom`. */
const OWN_KEY = "egress-local.server";

/** What the controller's own functions make of a Corefile. */
export const corefiles: Kind = kind(corefileFormat, (one) => [
  {
    run() {
      check(one);
      return Promise.resolve();
    },
  },
]);

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
function insertInto({
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
