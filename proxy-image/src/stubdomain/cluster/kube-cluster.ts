import type { ObjectName, Right } from "../../contract/stub-domain/objects";
import type { KubeConfig } from "@kubernetes/client-node";
import { FIELD_MANAGER } from "../../contract/stub-domain/anchor";
import {
  ApiError,
  type Cluster,
  type ClusterEvent,
  type ConfigMap,
  type ConfigMapPatch,
  type DnsOperator,
  type EndpointSlice,
  type Service,
} from "./cluster";
import { ask } from "./kube-client";

/** Source: validation of core/v1 Event in Kubernetes. */
const MAX_EVENT_MESSAGE = 1024;

/** The cluster of a kubeconfig. */
export function kubeCluster(config: KubeConfig): Cluster {
  const get = async <T>(path: string): Promise<T | undefined> => {
    try {
      return (await ask(config, { method: "GET", path })) as T;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  };
  const list = async <T>(path: string, labelSelector: string): Promise<T[]> => {
    const query = new URLSearchParams({ labelSelector }).toString();
    return (await get<{ items?: T[] }>(`${path}?${query}`))?.items ?? [];
  };
  const patch = (path: string, body: unknown) =>
    ask(config, {
      method: "PATCH",
      path: `${path}?fieldManager=${FIELD_MANAGER}`,
      body,
      contentType: "application/merge-patch+json",
    });
  const configMapPath = (name: ObjectName) => path("/api/v1", name.namespace, "configmaps", name.name);

  return {
    configMap: (name) => get<ConfigMap>(configMapPath(name)),
    configMapsLabelled: (label) => list<ConfigMap>("/api/v1/configmaps", label),
    patchConfigMap: async (name: ObjectName, body: ConfigMapPatch) =>
      (await patch(configMapPath(name), body)) as ConfigMap,
    createConfigMap: async (object) =>
      (await ask(config, {
        method: "POST",
        path: `${path("/api/v1", object.metadata.namespace, "configmaps")}?fieldManager=${FIELD_MANAGER}`,
        body: { apiVersion: "v1", kind: "ConfigMap", ...object },
      })) as ConfigMap,
    deleteConfigMap: async ({ metadata }) => {
      const { uid, resourceVersion } = metadata;
      await ask(config, {
        method: "DELETE",
        path: configMapPath(metadata),
        body: { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid, resourceVersion } },
      });
    },
    dnsOperator: (name) => get<DnsOperator>(dnsOperatorPath(name)),
    patchDnsOperator: async (name, body) => (await patch(dnsOperatorPath(name), body)) as DnsOperator,
    platform: async () => {
      const version = await get<{ gitVersion?: string }>("/version");
      const list = await get<{ groups?: { name: string }[] }>("/apis");
      return {
        version: version?.gitVersion ?? "",
        groups: (list?.groups ?? []).map(({ name }) => name),
      };
    },
    service: (name) => get<Service>(path("/api/v1", name.namespace, "services", name.name)),
    endpointSlices: (namespace, labelSelector) =>
      list<EndpointSlice>(path("/apis/discovery.k8s.io/v1", namespace, "endpointslices"), labelSelector),
    isAllowed: async (resourceAttributes: Right) => {
      const review = (await ask(config, {
        method: "POST",
        path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        body: {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SelfSubjectAccessReview",
          spec: { resourceAttributes },
        },
      })) as { status?: { allowed?: boolean } };
      return review.status?.allowed === true;
    },
    emit: async (about, event) => {
      const { namespace } = about.metadata;
      await ask(config, {
        method: "POST",
        path: path("/api/v1", namespace, "events"),
        body: eventBody(about, event, new Date().toISOString()),
      });
    },
  };
}

function dnsOperatorPath(name: string): string {
  return `/apis/operator.openshift.io/v1/dnses/${encodeURIComponent(name)}`;
}

function eventBody({ metadata }: ConfigMap, { type, reason, message }: ClusterEvent, time: string) {
  const { namespace, name, uid, resourceVersion } = metadata;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { namespace, generateName: `${name.slice(0, 200)}.` },
    involvedObject: { apiVersion: "v1", kind: "ConfigMap", namespace, name, uid, resourceVersion },
    type,
    reason,
    message: message.length > MAX_EVENT_MESSAGE ? `${message.slice(0, MAX_EVENT_MESSAGE - 1)}…` : message,
    source: { component: FIELD_MANAGER },
    reportingComponent: FIELD_MANAGER,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}

function path(api: string, namespace: string, resource: string, name?: string): string {
  const parts = ["namespaces", namespace, resource, ...(name === undefined ? [] : [name])];
  return [api, ...parts.map(encodeURIComponent)].join("/");
}
