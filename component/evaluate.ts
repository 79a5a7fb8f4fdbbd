import type { EgressProxyArgs } from "./args/egress-proxy";
import type { Upstream } from "./args/upstream";
import { MeshMode } from "./args/mesh";
import { isMethod, isNeverForwarded } from "../proxy-image/src/contract/names/method";
import { serviceAccountOf } from "../proxy-image/src/contract/names/service-account";
import type { Verdict } from "../proxy-image/src/contract/policy/verdict";
import { evaluatePolicy } from "../proxy-image/src/proxy/evaluate/evaluate";
import { InvalidUrlError, type Question } from "../proxy-image/src/proxy/evaluate/question";
import { compilePolicy } from "./policy";
import { DEFAULT_CLUSTER_DOMAIN, DEFAULT_DOMAIN, settingsOf } from "./settings";
import { Problems, show } from "./validation/checks/problems";
import { checkUpstreams } from "./validation/upstreams/upstreams";

/** A request that {@link evaluate} decides about. */
export interface EvaluatedRequest {
  /** Service account of the client, `namespace/name`. Default: a client that the mesh does not identify. */
  client?: string;
  /** Default: `GET`. */
  method?: string;
  /**
   * URL of the third party (`https://api.stripe.com/v1/charges`) or in the cluster
   * (`http://api.stripe.com.egress.local/v1/charges`); `wss:` or `ws:` for WebSocket. The path is taken as written.
   */
  url: string;
}

/**
 * What the proxy would decide about a request, for unit tests of a policy. The proxy's own code decides, with
 * `mesh.mode` `required`. It needs no cluster, and sends nothing.
 *
 * @param upstreams The argument of the EgressProxy.
 * @returns Whether the request is allowed, by which rule and with which credentials; if not, why, and the smallest rule
 * that would allow it.
 * @throws TypeError that lists every error in `upstreams` and `request`.
 */
export function evaluate(upstreams: Upstream[], request: EvaluatedRequest): Verdict {
  const problems = new Problems();
  checkUpstreams(upstreams, SURROUNDINGS, problems);
  const question = questionOf(request, problems);
  if (problems.any) throw new TypeError(problems.report("evaluate", "nothing was evaluated"));
  try {
    return evaluatePolicy(compilePolicy(settingsOf({ upstreams } satisfies EgressProxyArgs)), question);
  } catch (error) {
    if (error instanceof InvalidUrlError)
      throw new TypeError(`request.url: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Those of an EgressProxy without further arguments; which credentials exist makes no difference here. */
const SURROUNDINGS = {
  name: "egress",
  instance: "egress",
  domain: DEFAULT_DOMAIN,
  clusterDomain: DEFAULT_CLUSTER_DOMAIN,
  mesh: MeshMode.Required,
  credentials: undefined,
  audit: false,
};

function questionOf({ client, method = "GET", url }: EvaluatedRequest, problems: Problems): Question {
  const account = typeof client === "string" ? serviceAccountOf(client) : undefined;
  if (client !== undefined && !account) {
    problems.add(
      "request.client",
      `is ${show(client)}; give namespace and service account, such as "shop/checkout"`,
    );
  }
  if (!isMethod(method) && !isNeverForwarded(method))
    problems.add("request.method", `is ${show(method)}; give a method in capitals, such as "GET"`);
  if (typeof url !== "string") {
    problems.add("request.url", `is ${show(url)}; give a URL, such as "https://api.stripe.com/v1/charges"`);
  }
  return { client: account, method, url };
}
