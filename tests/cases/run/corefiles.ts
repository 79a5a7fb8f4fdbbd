import assert from "node:assert/strict";
import type { ConfigMap } from "../../../proxy-image/src/stubdomain/cluster/cluster";
import type { Survey } from "../../../proxy-image/src/stubdomain/controller/survey";
import {
  corefileNames,
  isNodeLocal,
  keyOf,
  TARGET_OBJECTS,
  TARGET_SHAPES,
  type TargetRef,
} from "../../../proxy-image/src/contract/stub-domain/target-ref";
import { parseCorefile } from "../../../proxy-image/src/stubdomain/corefile/server-blocks";
import { warningsAbout } from "../../../proxy-image/src/stubdomain/corefile/warnings";
import { advice } from "../../../proxy-image/src/stubdomain/targets/advice";
import { targetOf } from "../../../proxy-image/src/stubdomain/targets/all";
import { TargetError } from "../../../proxy-image/src/stubdomain/targets/error";
import { importer } from "../../../proxy-image/src/stubdomain/targets/imported";
import { type Kind, kind } from "./case-file";
import { type CorefileCase, corefileFormat } from "./corefile-case";

/** Key of ours in a ConfigMap that a Corefile imports. */
const OWN_KEY = "egress-local.server";

/** What a pod of any of these platforms may query. */
const RESOLVERS = ["10.96.0.10", "169.254.20.10", "169.254.25.10"];

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
  const advised = advisedSetting(corefileCase);
  if (expect.advises !== undefined)
    assert.ok(advised?.includes(expect.advises), advised ?? "nothing is advised");
  else assert.equal(advised, undefined);
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

/** Where the stub domain is to go. */
function targetRef({ ask }: CorefileCase): TargetRef {
  const { target: kind = "coredns", configMap } = ask;
  const ref: TargetRef = { kind, ...TARGET_OBJECTS[kind] };
  if (TARGET_SHAPES[kind].isImported) return { ...ref, key: OWN_KEY };
  return configMap === undefined || kind === "nodeLocalStubDomains" ? ref : { ...ref, name: configMap };
}

/** The ConfigMap with the Corefile, under the name that it has on the platform. */
function corefileObject(one: CorefileCase): ConfigMap {
  const ref = targetRef(one);
  const name = one.ask.configMap ?? corefileNames(ref)[0] ?? ref.name;
  return {
    metadata: { namespace: "kube-system", name, uid: "1", resourceVersion: "1" },
    data: { Corefile: one.corefile },
  };
}

/** What the controller tells about such a cluster before it writes. */
function advisedSetting(one: CorefileCase): string | undefined {
  const target = targetRef(one);
  const isCache = isNodeLocal(target.kind);
  const object = corefileObject(one);
  const seen: Survey = {
    version: "v1.36.3",
    groups: [],
    coredns: isCache ? undefined : object,
    kubeDns: undefined,
    nodeLocalDns: isCache ? object : undefined,
    rke2: undefined,
    resolvers: RESOLVERS,
    hasPods: true,
    serves: undefined,
  };
  return advice(
    {
      domain: one.ask.domain,
      dnsService: { namespace: "egress", name: "egress-dns" },
      clusterDomain: "cluster.local",
      target,
      anchor: { namespace: "egress", name: "anchor" },
      specHash: "0",
      proofTimeoutMs: 0,
    },
    seen,
  );
}

/** What the controller would write, by the same functions, or the reason for which it would not. */
function insertInto(
  one: CorefileCase,
): { before: string; after: string; removed: string } | { refused: string } {
  const { domain, address, beside } = one.ask;
  const ref = targetRef(one);
  const target = targetOf(ref);
  const whole = corefileObject(one);
  const isWhole = corefileNames(ref).length === 0;
  const object = isWhole ? whole : { ...whole, data: { ...beside } };
  const from = corefileNames(ref).map((name) => (name === whole.metadata.name ? whole : undefined));
  const before = object.data?.[keyOf(ref)!] ?? target.format.blank;
  try {
    const stub = { domain, forwardTo: address, marker: "egress/anchor", owner: undefined };
    const corefile = isWhole ? undefined : importer(ref, from)?.data?.Corefile;
    const entry = target.entry(stub, { object, corefile });
    const after = target.format.insert(before, entry);
    return { before, after, removed: target.format.remove(after, entry) };
  } catch (error) {
    if (error instanceof TargetError) return { refused: error.message };
    throw error;
  }
}
