import type { KubeConfig } from "@kubernetes/client-node";
import { ApiError } from "../../stubdomain/cluster/cluster";
import { askText } from "../../stubdomain/cluster/kube-client";
import { type ClusterChoice, loadConfig } from "../kubeconfig";
import { ClusterError } from "./cluster-error";
import { askPod, type PodRequest, type PodResponse } from "./pod-request";
import { followText } from "./follow";

/** What is read, as RBAC names it. */
export interface Reading {
  readonly verb: "get" | "list";
  /** With its group, if it has one: `deployments.apps`, `pods/proxy`. */
  readonly resource: string;
  /** Undefined: the whole cluster. */
  readonly namespace?: string | undefined;
  readonly path: string;
}

/** Reads from the API server. Never writes. */
export interface Api {
  /** URL of the API server. */
  readonly server: string;
  /** @throws ClusterError */
  text(reading: Reading): Promise<string>;
  /** @throws ClusterError */
  json<T>(reading: Reading): Promise<T>;
  /** Undefined if there is no such object. @throws ClusterError */
  find<T>(reading: Reading): Promise<T | undefined>;
  /** Asks a port of a pod, by port-forward. @throws ClusterError */
  pod(request: PodRequest): Promise<PodResponse>;
  /** A response that does not end, in pieces, until the signal; says when it begins. @throws ClusterError */
  follow(reading: Reading, signal: AbortSignal, opened: () => void): AsyncIterable<string>;
}

/** @throws UsageError if there is no such file or context */
export function connectApi(choice: ClusterChoice): Api {
  return apiOf(loadConfig(choice));
}

export function apiOf(config: KubeConfig): Api {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) {
    throw new ClusterError(
      "There is no cluster: the kubeconfig has no current context. Name one with --context, or a file with --kubeconfig.",
    );
  }
  const text = async (reading: Reading): Promise<string> => {
    try {
      return await askText(config, { method: "GET", path: reading.path });
    } catch (error) {
      throw error instanceof ApiError ? explained(error, reading, server) : error;
    }
  };
  const json = async <T>(reading: Reading): Promise<T> => parse(await text(reading), reading) as T;
  return {
    server,
    text,
    json,
    async find<T>(reading: Reading) {
      try {
        return await json<T>(reading);
      } catch (error) {
        if (error instanceof NotFoundError) return undefined;
        throw error;
      }
    },
    async pod(request) {
      const { namespace } = request;
      try {
        return await askPod(config, request);
      } catch (error) {
        const reading = { verb: "get", resource: "pods/portforward", namespace, path: request.path } as const;
        throw error instanceof ApiError ? explained(error, reading, server, PORT_FORWARD) : error;
      }
    },
    async *follow(reading, signal, opened) {
      try {
        yield* followText(config, reading.path, signal, opened);
      } catch (error) {
        throw error instanceof ApiError ? explained(error, reading, server) : error;
      }
    },
  };
}

/** There is no such object. */
class NotFoundError extends ClusterError {}

/** From Kubernetes 1.35, a port-forward over WebSocket needs both (AuthorizePodWebsocketUpgradeCreatePermission). */
const PORT_FORWARD = 'verbs "get" and "create"';

function explained(
  error: ApiError,
  { verb, resource, namespace }: Reading,
  server: string,
  verbs = `verb "${verb}"`,
): ClusterError {
  const where = namespace === undefined ? "in all namespaces" : `in namespace ${namespace}`;
  switch (error.status) {
    case 0:
      return new ClusterError(`The cluster can't be reached: ${error.message}.`, { cause: error });
    case 401:
      return new ClusterError(`${server} does not accept the kubeconfig's credentials: log in again.`);
    case 403:
      return new ClusterError(
        `A right is missing: ${verbs} on "${resource}" ${where}. Ask for a Role with it` +
          `${namespace === undefined ? ", or name a namespace with -n" : ""}.`,
      );
    case 404:
      return new NotFoundError(`There is no such ${resource} ${where}: ${error.message}.`);
    default:
      return new ClusterError(`The cluster answered: ${error.message}.`, { cause: error });
  }
}

function parse(text: string, { path }: Reading): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ClusterError(`GET ${path}: the answer is not JSON.`, { cause: error });
  }
}
