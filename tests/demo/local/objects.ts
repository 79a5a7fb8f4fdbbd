import * as pulumi from "@pulumi/pulumi";
import { joinPolicyFiles } from "../../../proxy-image/src/contract/policy/files";
import { runProgram } from "../../harness/monitor";

/** What examples/basic makes, as far as a request needs it. */
export interface Objects {
  /** The document that the proxy obeys. */
  readonly policy: string;
  /** The zone that egress-dns serves. */
  readonly zone: string;
  readonly urls: Readonly<Record<string, string>>;
}

interface ConfigMap {
  readonly data?: Readonly<Record<string, string>>;
}

/** Runs the example's program without an engine; nothing is applied. */
export async function exampleObjects(settings: Readonly<Record<string, string>>): Promise<Objects> {
  const { resources, result } = await runProgram(
    () => {
      for (const [key, value] of Object.entries(settings))
        pulumi.runtime.setConfig(`k8s-egress:${key}`, value);
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- a program runs by being loaded
      return require("../../../examples/basic/index") as { urls: pulumi.Output<Record<string, string>> };
    },
    undefined,
    { project: "k8s-egress" },
  );
  const data = resources
    .filter(({ type }) => type === "kubernetes:core/v1:ConfigMap")
    .map(({ inputs }) => (inputs as ConfigMap).data ?? {});
  const having = (key: string): Readonly<Record<string, string>> => {
    const found = data.find((one) => key in one);
    if (found === undefined) throw new Error(`the example makes no ConfigMap with the key "${key}"`);
    return found;
  };
  const policy = joinPolicyFiles(having("policy.json"));
  return { policy, zone: having("zone").zone!, urls: result.urls };
}
