import type { Api } from "../cluster/api";
import type { Finding } from "./finding";
import { checkMesh, GATEWAY } from "./mesh";
import type { ReadPolicy } from "./policy";

/**
 * Reads what is known about Linkerd and the Gateway API.
 *
 * @param policy of the installed EgressProxy; undefined before the installation
 * @param groups API groups that the cluster serves
 * @param mode the installed EgressProxy's `mesh.mode`
 * @throws ClusterError
 */
export async function lookAtMesh(
  api: Api,
  policy: Promise<ReadPolicy> | undefined,
  groups: readonly string[],
  mode: string | undefined,
): Promise<Finding[]> {
  const read = await policy;
  const identitySuffix = read === undefined || read instanceof Error ? undefined : read.mesh?.identitySuffix;
  const controlPlane = identitySuffix?.split(".")[2] ?? "linkerd";
  const facts = { groups, mode, identitySuffix, controlPlane, routes: await gatewayKinds(api, groups) };
  if (mode === "none" || !groups.includes("policy.linkerd.io")) {
    return checkMesh({ ...facts, values: undefined, injectors: undefined });
  }
  const [map, injector] = await Promise.all([
    api.find<{ data?: { values?: string } }>({
      verb: "get",
      resource: "configmaps",
      namespace: controlPlane,
      path: `/api/v1/namespaces/${controlPlane}/configmaps/linkerd-config`,
    }),
    api.find<{ status?: { readyReplicas?: number } }>({
      verb: "get",
      resource: "deployments.apps",
      namespace: controlPlane,
      path: `/apis/apps/v1/namespaces/${controlPlane}/deployments/linkerd-proxy-injector`,
    }),
  ]);
  const injectors = injector && (injector.status?.readyReplicas ?? 0);
  return checkMesh({ ...facts, values: map?.data?.values, injectors });
}

/** Undefined without the Gateway API. */
async function gatewayKinds(api: Api, groups: readonly string[]): Promise<string[] | undefined> {
  if (!groups.includes(GATEWAY)) return undefined;
  const path = `/apis/${GATEWAY}/v1`;
  const reading = { verb: "get", resource: `the kinds of ${GATEWAY}/v1`, path } as const;
  const found = await api.find<{ resources?: { kind: string }[] }>(reading);
  return found?.resources?.map(({ kind }) => kind) ?? [];
}
