import { parseArgs } from "node:util";
import { isMethod, isNeverForwarded } from "../../contract/names/method";
import { serviceAccountOf } from "../../contract/names/service-account";
import type { Question } from "../../proxy/evaluate/question";
import { CLUSTER_OPTIONS, CLUSTER_USAGE, type Format, formatOf } from "../cluster/options";
import type { ProxyChoice } from "../cluster/egress-proxies";
import type { ClusterChoice } from "../kubeconfig";
import { UsageError } from "../usage-error";

/** The options of `k8s-egress can-i`. */
export interface CanIOptions extends ClusterChoice, ProxyChoice {
  readonly question: Question;
  /** Undefined: the cluster's policy. */
  readonly policy: string | undefined;
  readonly format: Format;
}

export const CAN_I_USAGE = `usage: k8s-egress can-i --as NAMESPACE/ACCOUNT METHOD URL [options]

Says whether the policy allows a request, by which rule and with which credentials; if not, why, and the smallest rule
that would allow it. The proxy's own code decides. Nothing is sent to the third party.

  k8s-egress can-i --as shop/checkout POST https://api.stripe.com/v1/charges

  --as NS/ACCOUNT      the calling service account; left out: a client without a mesh
  --policy FILE        a policy's JSON, in place of the cluster's
${CLUSTER_USAGE}
Exit status: 0 yes, 1 no, 2 no answer (wrong usage, or the cluster can't be asked).
`;

/** @returns "help" if that is asked for @throws UsageError */
export function readCanIOptions(argv: string[]): CanIOptions | "help" {
  try {
    return parse(argv);
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${CAN_I_USAGE}`);
  }
}

function parse(argv: string[]): CanIOptions | "help" {
  const { values, positionals } = parseArgs({
    args: argv,
    strict: true,
    allowPositionals: true,
    options: { ...CLUSTER_OPTIONS, as: { type: "string" }, policy: { type: "string" } },
  });
  if (values.help) return "help";
  const [method, url, ...rest] = positionals;
  if (method === undefined || url === undefined || rest.length > 0) {
    throw new Error("give METHOD and URL, such as POST https://api.stripe.com/v1/charges");
  }
  if (!isMethod(method) && !isNeverForwarded(method)) {
    throw new Error(`METHOD: ${JSON.stringify(method)} is no method; give one in capitals, such as GET`);
  }
  return {
    question: { client: values.as === undefined ? undefined : clientOf(values.as), method, url },
    policy: values.policy,
    format: formatOf(values.output),
    kubeconfig: values.kubeconfig,
    context: values.context,
    namespace: values.namespace,
    name: values.name,
  };
}

function clientOf(text: string): Question["client"] {
  const client = serviceAccountOf(text);
  if (!client) {
    throw new Error(
      `--as: ${JSON.stringify(text)} is no service account; give namespace and name, such as shop/checkout`,
    );
  }
  return client;
}
