import type { Api } from "../cluster/api";
import { ClusterError } from "../cluster/cluster-error";
import type { InstalledProxy } from "../cluster/egress-proxies";
import { isReady, podsWith, readyPods, type Pod } from "../cluster/pods";
import { logLines } from "../log/log-lines";
import { type TapEvent, tapEvent } from "./event";

/** Milliseconds between two looks for new pods. */
const NEW_PODS = 5_000;

/** Receives what is followed. */
export interface Follower {
  event(event: TapEvent): void;
  /** A pod's log ended or can't be read; the others go on. */
  lost(message: string): void;
  /** The log of each pod that was there at the beginning is open, or lost. */
  begun?(): void;
}

/**
 * Follows the log of all ready pods from now on, and of pods that become ready later, until the signal.
 *
 * @throws ClusterError if no pod is ready at the beginning, or the log of none of them can be read
 */
export async function followEvents(
  api: Api,
  proxy: InstalledProxy,
  follower: Follower,
  signal: AbortSignal,
): Promise<void> {
  const followed = new Set<string>();
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let failure: unknown;
  let closed = 0;
  const opened = () => {
    if (--closed === 0) follower.begun?.();
  };
  const start = (pods: readonly Pod[]) => {
    for (const pod of pods) {
      const { name } = pod.metadata;
      if (followed.has(name)) continue;
      followed.add(name);
      let isOpen = false;
      const open = () => {
        if (!isOpen) opened();
        isOpen = true;
      };
      void followPod(api, pod, follower, either, open)
        .catch((error: unknown) => {
          failure = error;
          if (followed.size === 1 || !(error instanceof ClusterError)) stop.abort();
          else follower.lost(error.message);
        })
        .finally(() => {
          followed.delete(name);
          open();
        });
    }
  };
  const first = await readyPods(api, proxy);
  closed = first.length;
  start(first);
  const isOver = () => either.aborted;
  try {
    while (!isOver()) {
      await pause(NEW_PODS, either);
      if (isOver()) break;
      const pods = await podsWith(api, proxy.namespace, proxy.selector);
      start(pods.filter(isReady));
    }
  } finally {
    // Otherwise open logs would keep the process alive after an error.
    stop.abort();
  }
  if (!signal.aborted) throw failure;
}

async function followPod(
  api: Api,
  pod: Pod,
  follower: Follower,
  signal: AbortSignal,
  opened: () => void,
): Promise<void> {
  const { namespace, name } = pod.metadata;
  const query = new URLSearchParams({ container: "proxy", follow: "true", tailLines: "0" }).toString();
  const pieces = api.follow(
    {
      verb: "get",
      resource: "pods/log",
      namespace,
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log?${query}`,
    },
    signal,
    opened,
  );
  for await (const line of logLines(pieces)) {
    const event = tapEvent(line, name);
    if (event) follower.event(event);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
}
