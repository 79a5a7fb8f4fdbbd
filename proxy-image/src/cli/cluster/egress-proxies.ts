import { joinPolicyFiles, type PolicyFiles } from "../../contract/policy/files";
import { policyHash } from "../../contract/policy/hash";
import type { Policy } from "../../contract/policy/policy";
import { parsePolicy } from "../../contract/policy/validate";
import type { Api } from "./api";
import { ClusterError } from "./cluster-error";

/** Selects one EgressProxy of a cluster. */
export interface ProxyChoice {
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  /** Undefined: the only one there. */
  readonly name: string | undefined;
}

/** An EgressProxy as its Deployment describes it. */
export interface InstalledProxy {
  readonly namespace: string;
  /** The EgressProxy's name. */
  readonly name: string;
  /** Labels that its pods have. */
  readonly selector: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** Pods that there should be. */
  readonly replicas: number;
  /** ConfigMap of its policy. */
  readonly policy: string | undefined;
}

const LABELS = "app.kubernetes.io/part-of=k8s-egress,app.kubernetes.io/name=egress-proxy";

interface Deployment {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels?: Record<string, string> };
    readonly template: {
      readonly spec: {
        readonly containers: readonly { readonly name: string; readonly args?: string[] }[];
        readonly volumes?: readonly { readonly name: string; readonly configMap?: { name: string } }[];
      };
    };
  };
}

/** Finds the one EgressProxy that is meant. @throws ClusterError if there is none, or several */
export async function findProxy(api: Api, { namespace, name }: ProxyChoice): Promise<InstalledProxy> {
  const all = await installedProxies(api, namespace);
  const where = namespace === undefined ? "in this cluster" : `in namespace ${namespace}`;
  const found = name === undefined ? all : all.filter((one) => one.name === name);
  const [first, second] = found;
  if (first && !second) return first;
  const list = (found.length > 0 ? found : all).map((one) => `${one.namespace}/${one.name}`).join(", ");
  if (second) {
    throw new ClusterError(`There are several EgressProxy ${where} (${list}): choose one with --name or -n.`);
  }
  if (all.length > 0)
    throw new ClusterError(`There is no EgressProxy "${name}" ${where}; there are ${list}.`);
  throw new ClusterError(
    `There is no EgressProxy ${where}: is it the right context, and has \`pulumi up\` run?`,
  );
}

/** @throws ClusterError */
export async function installedProxies(api: Api, namespace: string | undefined): Promise<InstalledProxy[]> {
  const folder = namespace === undefined ? "" : `namespaces/${encodeURIComponent(namespace)}/`;
  const query = new URLSearchParams({ labelSelector: LABELS }).toString();
  const { items } = await api.json<{ items: Deployment[] }>({
    verb: "list",
    resource: "deployments.apps",
    namespace,
    path: `/apis/apps/v1/${folder}deployments?${query}`,
  });
  return items.map(({ metadata, spec }) => ({
    namespace: metadata.namespace,
    name: metadata.name.replace(/-proxy$/, ""),
    selector: spec.selector.matchLabels ?? {},
    args: spec.template.spec.containers.find((one) => one.name === "proxy")?.args ?? [],
    replicas: spec.replicas ?? 1,
    policy: spec.template.spec.volumes?.find((one) => one.name === "policy")?.configMap?.name,
  }));
}

/** The ConfigMap is not the policy that the Deployment's pods are to obey. */
export class PolicyMismatchError extends ClusterError {}

/** SHA-256 of the policy that the Deployment's pods are to obey. */
export function policyHashOf(args: readonly string[]): string | undefined {
  const prefix = "--policy-sha256=";
  return args.find((one) => one.startsWith(prefix))?.slice(prefix.length);
}

/**
 * The policy that the proxy's pods are started with. Checked against the hash that they were given, as they do it.
 *
 * @throws PolicyMismatchError, ClusterError, InvalidPolicyError
 */
export async function policyOf(api: Api, proxy: InstalledProxy): Promise<Policy> {
  const { namespace, policy = "", args } = proxy;
  const map = await api.json<{ data?: Record<string, string> }>({
    verb: "get",
    resource: "configmaps",
    namespace,
    path: `/api/v1/namespaces/${namespace}/configmaps/${encodeURIComponent(policy)}`,
  });
  const text = textOf(map.data ?? {});
  if (text === undefined || policyHashOf(args) !== policyHash(text)) {
    throw new PolicyMismatchError(
      `ConfigMap ${namespace}/${policy} is not the policy that the pods of ${proxy.name} obey: run \`pulumi up\` again.`,
    );
  }
  return parsePolicy(text);
}

/** Undefined where it is no policy. */
function textOf(files: PolicyFiles): string | undefined {
  try {
    return joinPolicyFiles(files);
  } catch {
    return undefined;
  }
}
