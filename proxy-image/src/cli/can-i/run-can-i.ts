import { readFile } from "node:fs/promises";
import type { Policy } from "../../contract/policy/policy";
import { InvalidPolicyError, parsePolicy } from "../../contract/policy/validate";
import type { Verdict } from "../../contract/policy/verdict";
import { evaluatePolicy } from "../../proxy/evaluate/evaluate";
import { InvalidUrlError } from "../../proxy/evaluate/question";
import { connectApi } from "../cluster/api";
import { findProxy, policyOf } from "../cluster/egress-proxies";
import type { Output } from "../output";
import { UsageError } from "../usage-error";
import { asText } from "./answer";
import { CAN_I_USAGE, type CanIOptions, readCanIOptions } from "./options";

/**
 * `k8s-egress can-i`
 *
 * @returns the exit status: 0 yes, 1 no
 * @throws UsageError, ClusterError
 */
export async function runCanI(argv: string[], out: Output): Promise<number> {
  const options = readCanIOptions(argv);
  if (options === "help") {
    out.write(CAN_I_USAGE);
    return 0;
  }
  const verdict = verdictOn(await policyFor(options), options);
  out.write(
    options.format === "json"
      ? `${JSON.stringify(verdict, undefined, 2)}\n`
      : asText(verdict, options.question),
  );
  return verdict.allowed ? 0 : 1;
}

function verdictOn(policy: Policy, { question }: CanIOptions): Verdict {
  if (question.client && !policy.mesh) {
    throw new UsageError("--as: this policy has no mesh, so that clients are not identified: leave it out");
  }
  try {
    return evaluatePolicy(policy, question);
  } catch (error) {
    if (error instanceof InvalidUrlError) throw new UsageError(`URL: ${error.message}`);
    throw error;
  }
}

async function policyFor(options: CanIOptions): Promise<Policy> {
  const file = options.policy;
  if (file === undefined) {
    const api = connectApi(options);
    return policyOf(api, await findProxy(api, options));
  }
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`--policy: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return parsePolicy(text);
  } catch (error) {
    if (error instanceof InvalidPolicyError) throw new UsageError(`--policy: ${file}: ${error.message}`);
    throw error;
  }
}
