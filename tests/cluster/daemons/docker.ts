import { writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";

import type { Daemon } from "../sandbox/daemon";
import { CONTAINERD_SOCKET } from "./containerd";

/** What `DOCKER_HOST` must be to build and push images in the cluster. */
export function dockerHost(directory: string): string {
  return `unix://${socket(directory)}`;
}

/** Docker's engine, in the cluster's network namespace: its loopback is the registry's. */
export async function docker(directory: string, cgroup: string): Promise<Daemon> {
  const configFile = join(directory, "docker.json");
  // Else it writes a key to /etc/docker.
  await writeFile(configFile, JSON.stringify({ "deprecated-key-path": join(directory, "docker-key.json") }));
  return {
    name: "dockerd",
    command: "dockerd",
    args: [
      `--config-file=${configFile}`,
      "--host=unix:///run/docker.sock",
      `--containerd=${CONTAINERD_SOCKET}`,
      // There is no systemd in the cluster's namespaces to ask, which is the default with cgroup v2.
      "--exec-opt=native.cgroupdriver=cgroupfs",
      `--cgroup-parent=/${cgroup}/docker`,
      // Its rules would drop what pods send each other; nothing here needs them.
      "--iptables=false",
      "--ip6tables=false",
      "--bip=172.29.0.1/24",
    ],
    isReady: () => answersPing(socket(directory)),
  };
}

function socket(directory: string): string {
  return join(directory, "run", "docker.sock");
}

function answersPing(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    request({ socketPath, path: "/_ping" }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on("error", () => resolve(false))
      .end();
  });
}
