import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../log";

/**
 * Whether the proxy needs Linkerd's sidecar: it does not serve without one (`required`), it also serves without one and
 * to clients without one (`optional`), or it never looks for one (`none`).
 */
export const MESH_MODES = ["required", "optional", "none"] as const;
export type MeshMode = (typeof MESH_MODES)[number];

/** URL of the sidecar's readiness inside the pod; the annotation `config.linkerd.io/admin-port` moves its port. */
export function sidecarReady(port: number): string {
  return `http://127.0.0.1:${port}/ready`;
}

/** Milliseconds. */
export interface SidecarPatience {
  /** How long the port may stay closed before a required sidecar counts as not injected. */
  readonly required: number;
  /** The same for an optional one. */
  readonly optional: number;
  readonly interval: number;
}

/** Milliseconds for one response. */
const PATIENCE = 2_000;

export const SIDECAR_PATIENCE: SidecarPatience = { required: 30_000, optional: 5_000, interval: 250 };

/** This pod needs a sidecar and has none. */
export class SidecarMissingError extends Error {
  override readonly name = "SidecarMissingError";

  constructor(url: string, seconds: number) {
    super(
      `no Linkerd sidecar in this pod: nothing has listened on ${url} for ${seconds} s, and without one every ` +
        "pod of the cluster could call third parties under any name.\n" +
        "Check that Linkerd is installed, that the pod has the annotation linkerd.io/inject: enabled, that the " +
        "namespace is not excluded, and that linkerd-proxy-injector was up when the pod was created: its webhook " +
        "has failurePolicy Ignore, so pods start without a sidecar while it is down. Then delete this pod.\n" +
        'To run without a mesh: mesh: { mode: "none" }.',
    );
  }
}

/**
 * Waits for the sidecar before the data port listens, because the sidecar identifies the clients. Time is counted from
 * the container's start. The sidecar has begun to start by then, so a slow node causes no failure.
 *
 * @throws SidecarMissingError
 */
export async function awaitSidecar(
  mode: MeshMode,
  log: Log,
  url: string,
  patience: SidecarPatience,
): Promise<void> {
  if (mode === "none") return;
  const limit = patience[mode];
  let since = performance.now();
  for (;;) {
    const state = await probe(url);
    if (state === "ready") return;
    // A sidecar that listens becomes ready sooner or later, and blocks all traffic until then; only its absence is
    // final.
    if (state === "starting") since = performance.now();
    if (performance.now() - since >= limit) break;
    await sleep(patience.interval);
  }
  if (mode === "required") throw new SidecarMissingError(url, limit / 1000);
  log.warn(
    { url },
    "no Linkerd sidecar in this pod: serving without a mesh; upstreams whose rules name clients refuse everyone",
  );
}

/** By node:http: `fetch` would stay loaded, for this alone. */
function probe(url: string): Promise<"ready" | "starting" | "absent"> {
  const signal = AbortSignal.timeout(PATIENCE);
  return new Promise((resolve) => {
    const request = get(url, { agent: false, signal }, ({ statusCode }) => {
      resolve(statusCode === 200 ? "ready" : "starting");
      request.destroy();
    });
    request.on("error", () => resolve(signal.aborted ? "starting" : "absent"));
  });
}
