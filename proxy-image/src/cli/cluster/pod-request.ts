import * as http from "node:http";
import { Duplex, PassThrough, Writable } from "node:stream";
import type { KubeConfig } from "@kubernetes/client-node";
// Not the package's PortForward: it imports the models of all of Kubernetes' API, 4 MB more in the bundle.
import { WebSocketHandler } from "@kubernetes/client-node/dist/web-socket-handler.js";
import { textOf } from "../../stubdomain/cluster/body";
import { ApiError } from "../../stubdomain/cluster/cluster";

/** A GET request to a port of a pod. */
export interface PodRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  readonly path: string;
}

/** A pod's response. */
export interface PodResponse {
  readonly text: string;
  /** By the pod's clock, in milliseconds since 1970; undefined if it does not say. */
  readonly date: number | undefined;
}

/** What is used of a WebSocket; the types of `ws` are no part of the package. */
interface Socket {
  onclose: (() => void) | null;
  close(): void;
  /** Without waiting for the other side, for half a minute, to close too. */
  terminate(): void;
}

interface Streams {
  readonly fromPod: PassThrough;
  readonly toPod: PassThrough;
  readonly errors: Writable;
}

const TIMEOUT_MS = 15_000;
/** Metrics of 1,000 upstreams with ten methods and statuses each have about 60 MB. */
const MAX_BODY_BYTES = 128 * 2 ** 20;

/**
 * Sends a GET request to a pod by port-forward. It comes from the pod's own loopback, so it needs no opening in a
 * NetworkPolicy or a Server of Linkerd, and reaches ports that listen on loopback only. The API server's pod proxy
 * connects from the control plane, which both block.
 *
 * @param timeoutMs for the port-forward, and again for the response
 * @throws ApiError
 */
export async function askPod(
  config: KubeConfig,
  request: PodRequest,
  timeoutMs = TIMEOUT_MS,
): Promise<PodResponse> {
  const what = `GET ${request.path} of port ${request.port} of pod ${request.namespace}/${request.pod}`;
  const [toPod, fromPod] = [new PassThrough(), new PassThrough()];
  let refusal = "";
  const errors = new Writable({
    write(chunk: Buffer, _encoding, done) {
      refusal = (refusal + chunk.toString("utf8")).slice(0, 500);
      done();
    },
  });
  const socket = await connect(impatient(config, timeoutMs), request, { fromPod, errors, toPod }, what);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await response(Duplex.from({ readable: fromPod, writable: toPod }), request, signal);
    socket.close();
    return answer;
  } catch (error) {
    socket.terminate();
    const reason = refusal.trim() || (error instanceof Error ? error.message : String(error));
    throw new ApiError(`${what}: ${reason}`, 0, { cause: error });
  }
}

/**
 * The options that a KubeConfig gives are those of `ws`, which waits without end for an answer to its handshake unless
 * they say otherwise.
 */
function impatient(config: KubeConfig, handshakeTimeout: number): KubeConfig {
  const applyToHTTPSOptions: KubeConfig["applyToHTTPSOptions"] = async (options) => {
    await config.applyToHTTPSOptions(options);
    Object.assign(options, { handshakeTimeout });
  };
  return Object.assign(Object.create(config) as KubeConfig, { applyToHTTPSOptions });
}

/** Streams of a port's connection: kubelet's `portforward.k8s.io` over WebSocket, channels of one byte. */
const [DATA, ERRORS] = [0, 1];
/** Bytes with the port's number, first on each stream. */
const PORT_BYTES = 2;

async function connect(
  config: KubeConfig,
  { namespace, pod, port }: PodRequest,
  { fromPod, errors, toPod }: Streams,
  what: string,
): Promise<Socket> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward?ports=${port}`;
  const begun = new Set<number>();
  try {
    const socket = (await new WebSocketHandler(config).connect(path, null, (stream, bytes) => {
      const content = begun.has(stream) ? bytes : bytes.subarray(PORT_BYTES);
      begun.add(stream);
      if (stream === DATA) fromPod.write(content);
      else if (stream === ERRORS) errors.write(content);
      return true;
    })) as Socket;
    socket.onclose = () => fromPod.end();
    WebSocketHandler.handleStandardInput(socket, toPod, DATA);
    return socket;
  } catch (error) {
    const { message = String(error) } = error as { message?: string };
    // The message of `ws` for a response that is no upgrade.
    const status = Number(/^Unexpected server response: (\d{3})$/.exec(message)?.[1] ?? 0);
    throw new ApiError(`${what}: port-forward: ${message}`, status, { cause: error });
  }
}

function response(connection: Duplex, { path }: PodRequest, signal: AbortSignal): Promise<PodResponse> {
  return new Promise((resolve, reject) => {
    const headers = { host: "localhost" };
    const outgoing = http.request({ path, headers, signal, createConnection: () => connection });
    connection.on("error", reject);
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      textOf(incoming, MAX_BODY_BYTES).then((text) => {
        const date = Date.parse(incoming.headers.date ?? "");
        if (incoming.statusCode === 200) resolve({ text, date: Number.isNaN(date) ? undefined : date });
        else reject(new Error(`status ${incoming.statusCode ?? 0}: ${text.slice(0, 200)}`));
      }, reject);
    });
    outgoing.end();
  });
}
