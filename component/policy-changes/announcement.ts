import { AsyncResource } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as sdkState from "@pulumi/pulumi/runtime/state";
import type { Policy } from "../../proxy-image/src/contract/policy/policy";
import { describeChanges } from "./describe-changes";
import { policyOfRecord, recordOf } from "./record";

/** Name of the component's input that holds the record. */
const RECORD = "policy";

/** What a component passes to its `super` so that changes of its policy are announced. */
export interface Announced {
  readonly inputs: pulumi.Inputs;
  readonly opts: pulumi.ComponentResourceOptions | undefined;
}

/**
 * Says at preview and at update what changes in the policy since the last update.
 *
 * A program can't read its stack's former state; a resource hook gets it, but for updates only, and the policy's
 * ConfigMap is replaced. So the component itself has the policy as an input, which the preview does not show
 * (`hideDiffs`): its ConfigMap shows it. No hook is for deletions: `pulumi destroy` would need `--run-program`.
 *
 * @param say is given each line, while the component is being registered
 */
export function announced(
  name: string,
  policy: Policy,
  opts: pulumi.ComponentResourceOptions | undefined,
  say: (line: string) => void,
): Announced {
  const inputs = { [RECORD]: recordOf(policy) };
  const hideDiffs = [...(opts?.hideDiffs ?? []), RECORD];
  if (!hasHooks()) return { inputs, opts: { ...opts, hideDiffs } };
  // The engine calls the hook from outside of the program, where the SDK does not know to which run a message belongs.
  const sayHere = AsyncResource.bind(say);
  const hook = new pulumi.ResourceHook(
    // Unique in the whole deployment, of which the plugin sees one component at a time.
    `k8s-egress:${name}:policy-changes:${randomUUID()}`,
    ({ oldInputs, newInputs }) => announce(oldInputs, newInputs, sayHere),
    { onDryRun: true, ignoreErrors: true },
  );
  return {
    inputs,
    opts: {
      ...opts,
      hideDiffs,
      hooks: { ...opts?.hooks, beforeUpdate: [...(opts?.hooks?.beforeUpdate ?? []), hook] },
    },
  };
}

function announce(
  oldInputs: pulumi.Inputs | undefined,
  newInputs: pulumi.Inputs | undefined,
  say: (line: string) => void,
): void {
  const [before, after] = [oldInputs, newInputs].map((inputs) => policyOfRecord(inputs?.[RECORD]));
  if (!before || !after) return;
  for (const line of describeChanges(before, after)) say(line);
}

/**
 * Whether the engine has resource hooks (Pulumi's, since 2025); mocks claim to have them. The store is internal to the
 * SDK, whose `ResourceHook` fails the program otherwise.
 */
function hasHooks(): boolean {
  const { getStore } = sdkState as { getStore?: () => { supportsResourceHooks?: boolean } };
  const monitor = pulumi.runtime.getMonitor() as { registerResourceHook?: unknown } | undefined;
  const isEngine = typeof monitor?.registerResourceHook === "function";
  return isEngine && getStore?.().supportsResourceHooks === true;
}
