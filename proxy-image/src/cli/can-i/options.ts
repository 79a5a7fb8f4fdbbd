import { isMethod, isNeverForwarded } from "../../contract/names/method";
import { serviceAccountOf } from "../../contract/names/service-account";
import type { Question } from "../../proxy/evaluate/question";
import {
  CLUSTER_USAGE,
  FORMAT_OPTION,
  FORMAT_USAGE,
  type Format,
  formatOf,
  readOptions,
} from "../cluster/options";
import type { ProxyChoice } from "../cluster/egress-proxies";
import type { ClusterChoice } from "../kubeconfig";

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
${FORMAT_USAGE}${CLUSTER_USAGE}
Exit status: 0 yes, 1 no, 2 no answer (wrong usage, or the cluster can't be asked).
`;

const OPTIONS = { ...FORMAT_OPTION, as: { type: "string" }, policy: { type: "string" } } as const;

/** @returns "help" if that is asked for @throws UsageError */
export function readCanIOptions(argv: string[]): CanIOptions | "help" {
  return readOptions(
    argv,
    CAN_I_USAGE,
    OPTIONS,
    ({ as, policy, output }, [method, url, ...rest]) => {
      if (method === undefined || url === undefined || rest.length > 0) {
        throw new Error("give METHOD and URL, such as POST https://api.stripe.com/v1/charges");
      }
      if (!isMethod(method) && !isNeverForwarded(method)) {
        throw new Error(`METHOD: ${JSON.stringify(method)} is no method; give one in capitals, such as GET`);
      }
      const client = as === undefined ? undefined : clientOf(as);
      return { question: { client, method, url }, policy, format: formatOf(output) };
    },
    { allowPositionals: true },
  );
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
