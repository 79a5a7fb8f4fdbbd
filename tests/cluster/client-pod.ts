import type { Cluster } from "./cluster";
import { apply, kubectl } from "./kubectl";

/** A pod that stands for an application: it sleeps until a test runs a script in it. */
export interface ClientPod {
  readonly namespace: string;
  readonly name: string;
}

/** What client pods need of a cluster, which may be another than this folder's own. */
export type ClientHost = Pick<Cluster, "kubectl" | "kubeconfig" | "thirdPartyCa"> & {
  readonly images: Pick<Cluster["images"], "node">;
};

/** What {@link startClientPod} may be told. */
export interface ClientPodOptions extends ClientPod {
  readonly serviceAccountName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const CONTAINER = "client";
/** Authorities that Node trusts in a client pod besides its own. */
const CA_FILE = "/etc/third-parties/ca.crt";

/** Starts a client pod that trusts the third parties' authority, its namespace too, and waits for it. */
export async function startClientPod(cluster: ClientHost, options: ClientPodOptions): Promise<ClientPod> {
  const { namespace, name, labels, annotations, serviceAccountName } = options;
  const authority = `${name}-authority`;
  await apply(cluster, [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: authority, namespace },
      data: { "ca.crt": cluster.thirdPartyCa },
    },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace, labels, annotations },
      spec: {
        serviceAccountName,
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: CONTAINER,
            image: cluster.images.node,
            command: ["node", "-e", "setInterval(() => {}, 2 ** 30); console.log('ready')"],
            env: [{ name: "NODE_EXTRA_CA_CERTS", value: CA_FILE }],
            volumeMounts: [{ name: "authority", mountPath: "/etc/third-parties", readOnly: true }],
          },
        ],
        volumes: [{ name: "authority", configMap: { name: authority } }],
      },
    },
  ]);
  await kubectl(cluster, ["-n", namespace, "wait", "--for=condition=Ready", `pod/${name}`, "--timeout=90s"]);
  return { namespace, name };
}

/** Runs a script (an ES module's text) in the pod with Node, and returns what it prints. */
export function runInPod(
  cluster: Pick<Cluster, "kubectl" | "kubeconfig">,
  { namespace, name }: ClientPod,
  script: string,
): Promise<string> {
  const node = ["node", "--input-type=module", "--eval", script];
  return kubectl(cluster, ["-n", namespace, "exec", name, "-c", CONTAINER, "--", ...node]);
}

/** What a request from a pod brought: an answer, or the reason why there is none. */
export interface PodResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Code or message of what went wrong below HTTP. */
  readonly error?: string;
}

/** Sends one request from the pod by `fetch`, with that function's own options. */
export async function requestFromPod(
  cluster: Cluster,
  pod: ClientPod,
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string; redirect?: "manual" } = {},
): Promise<PodResponse> {
  const script = `
    const [url, options] = ${JSON.stringify([url, options])};
    try {
      const response = await fetch(url, options);
      const headers = Object.fromEntries(response.headers);
      console.log(JSON.stringify({ status: response.status, headers, body: await response.text() }));
    } catch (error) {
      const reason = error.cause?.code ?? error.cause?.message ?? String(error);
      console.log(JSON.stringify({ status: 0, headers: {}, body: "", error: reason }));
    }`;
  return JSON.parse(await runInPod(cluster, pod, script)) as PodResponse;
}
