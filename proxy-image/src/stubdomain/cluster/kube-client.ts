import * as http from "node:http";
import * as https from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { textOf } from "./body";
import { ApiError } from "./cluster";

/** One request to the API server. */
export interface ApiRequest {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path with the query. */
  path: string;
  /** Sent as JSON. */
  body?: unknown;
  contentType?: string;
}

const TIMEOUT_MS = 15_000;

/** Much more than etcd's limit for an object; a list of endpoints may have some megabytes. */
const MAX_BODY_BYTES = 32 * 2 ** 20;

/**
 * Sends a request to the API server and returns the JSON of its response, unchanged.
 *
 * The client's generated models are not used: they drop every field that they don't know, and turn the times in
 * `managedFields` into dates.
 *
 * @throws ApiError if the response is not a success, or there is none
 */
export async function ask(config: KubeConfig, request: ApiRequest): Promise<unknown> {
  const text = await askText(config, request);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiError(`${request.method} ${request.path}: the answer is not JSON`, 0, { cause: error });
  }
}

/**
 * Sends a request to the API server, or through it to a pod, and returns the text of the response.
 *
 * @throws ApiError if the response is not a success, or there is none
 */
export async function askText(config: KubeConfig, request: ApiRequest): Promise<string> {
  const what = `${request.method} ${request.path}`;
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new ApiError(`${what}: the kubeconfig has no current cluster`, 0);
  const url = new URL(cluster.server.replace(/\/$/, "") + request.path);
  const options: https.RequestOptions = { method: request.method, headers: {}, timeout: TIMEOUT_MS };
  let answer: { status: number; text: string };
  try {
    await config.applyToHTTPSOptions(options);
    answer = await send(url, options, request);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiError(`${what}: ${url.host} can't be reached: ${reason}`, 0, { cause: error });
  }
  if (answer.status < 200 || answer.status > 299) {
    throw new ApiError(`${what}: ${answer.status} ${reasonOf(answer.text)}`, answer.status);
  }
  return answer.text;
}

function send(
  url: URL,
  options: https.RequestOptions,
  { body, contentType = "application/json" }: ApiRequest,
) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = {
      ...(options.headers as http.OutgoingHttpHeaders),
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": contentType }),
    };
    const module = url.protocol === "http:" ? http : https;
    const outgoing = module.request(url, { ...options, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      const status = incoming.statusCode ?? 0;
      textOf(incoming, MAX_BODY_BYTES).then((text) => resolve({ status, text }), reject);
    });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** The message of a Kubernetes Status, or the beginning of any other text. */
function reasonOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === "string") return message;
  } catch {
    // Not a Status, for example a proxy's HTML page.
  }
  return text.slice(0, 200);
}
