import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { textOf } from "../../stubdomain/cluster/body";
import { ApiError } from "../../stubdomain/cluster/cluster";

/** A Status of Kubernetes has some hundred bytes. */
const MAX_ERROR_BYTES = 2 ** 20;

/**
 * A response of the API server that does not end by itself, such as a log that is followed.
 *
 * @param opened called when the response has begun
 * @param signal ends it; then the pieces end too, without an error
 * @throws ApiError if the response is not a success, or there is none
 */
export async function* followText(
  config: KubeConfig,
  path: string,
  signal: AbortSignal,
  opened: () => void,
): AsyncGenerator<string> {
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new ApiError(`GET ${path}: the kubeconfig has no current cluster`, 0);
  try {
    const options: https.RequestOptions = { method: "GET", headers: {} };
    await config.applyToHTTPSOptions(options);
    const url = new URL(cluster.server.replace(/\/$/, "") + path);
    const outgoing = (url.protocol === "http:" ? http : https).request(url, { ...options, signal });
    outgoing.end();
    const [incoming] = (await once(outgoing, "response")) as [http.IncomingMessage];
    const { statusCode = 0 } = incoming;
    if (statusCode !== 200) {
      const text = await textOf(incoming, MAX_ERROR_BYTES);
      throw new ApiError(`GET ${path}: ${statusCode} ${text.slice(0, 200)}`, statusCode);
    }
    opened();
    incoming.setEncoding("utf8");
    for await (const piece of incoming as AsyncIterable<string>) yield piece;
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof ApiError) throw error;
    throw new ApiError(`GET ${path}: ${error instanceof Error ? error.message : String(error)}`, 0, {
      cause: error,
    });
  }
}
