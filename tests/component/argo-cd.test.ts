import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EgressProxy, type EgressProxyArgs } from "../../index";
import { runProgram } from "../harness/monitor";

const IMAGE = `registry.example.com/egress@sha256:${"0".repeat(64)}`;
const WAVE = "argocd.argoproj.io/sync-wave";
const OPTIONS = "argocd.argoproj.io/sync-options";

interface Annotated {
  metadata: { annotations?: Record<string, string> };
}

/** Annotations of each Kubernetes object, by `<Kind> <name>`. */
async function annotationsOf(more: Partial<EgressProxyArgs>): Promise<Map<string, Record<string, string>>> {
  const { resources } = await runProgram(() => {
    new EgressProxy("egress", {
      upstreams: [{ host: "api.stripe.com" }],
      image: IMAGE,
      dns: { mode: "manual" },
      ...more,
    });
  });
  return new Map(
    resources
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .map(({ type, name, inputs }) => [
        `${type.split(":").at(-1)!} ${name}`,
        (inputs as unknown as Annotated).metadata.annotations ?? {},
      ]),
  );
}

describe("gitOps.argoCd", () => {
  it("gives every object a wave: namespace, configuration, proxy, and DNS last", async () => {
    const objects = await annotationsOf({ gitOps: { argoCd: true } });
    const waves = new Map<string, string[]>();
    for (const [object, { [WAVE]: wave }] of objects) {
      assert.ok(wave !== undefined, object);
      waves.set(wave, [...(waves.get(wave) ?? []), object]);
    }
    assert.deepEqual(waves.get("-2"), ["Namespace egress-namespace"]);
    assert.deepEqual(waves.get("0"), ["Deployment egress-proxy"]);
    assert.deepEqual(waves.get("1"), ["Deployment egress-dns"]);
    assert.deepEqual([...waves.keys()].sort(), ["-1", "-2", "0", "1"]);
  });

  it("prunes last what pods mount, and keeps the annotations that objects have", async () => {
    const objects = await annotationsOf({ gitOps: { argoCd: true } });
    for (const [object, annotations] of objects) {
      const expected = object.startsWith("ConfigMap ") ? "PruneLast=true" : undefined;
      assert.equal(annotations[OPTIONS], expected, object);
    }
    assert.equal(objects.get("Service egress-dns")?.["pulumi.com/skipAwait"], "true");
  });

  it("adds nothing unless it is set", async () => {
    for (const more of [{}, { gitOps: {} }, { gitOps: { argoCd: false } }]) {
      const annotations = [...(await annotationsOf(more)).values()];
      assert.ok(annotations.every((one) => !Object.keys(one).some((key) => key.startsWith("argocd"))));
    }
  });
});
