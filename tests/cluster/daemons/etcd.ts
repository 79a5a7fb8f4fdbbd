import { join } from "node:path";

import { inUrl } from "../families";
import type { Daemon } from "../sandbox/daemon";
import { answers } from "./http";

const CLIENT_PORT = 2379;

/** Where the API server finds its store: its own network namespace only. */
export const ETCD_URL = `http://127.0.0.1:${CLIENT_PORT}`;

/** The API server's store, in memory. */
export function etcd(directory: string, nodeIp: string): Daemon {
  const metrics = `http://${inUrl(nodeIp)}:2381`;
  return {
    name: "etcd",
    command: "etcd",
    args: [
      `--data-dir=${join(directory, "etcd", "data")}`,
      `--listen-client-urls=${ETCD_URL}`,
      `--advertise-client-urls=${ETCD_URL}`,
      "--listen-peer-urls=http://127.0.0.1:2380",
      `--listen-metrics-urls=${metrics}`,
    ],
    isReady: () => answers(`${metrics}/health`),
  };
}
