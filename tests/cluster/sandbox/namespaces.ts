import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { CONTROL_IP, CONTROL_PORTS, POD_CIDR, THIRD_PARTY_GATEWAY } from "../addresses";
import type { Cluster } from "../cluster";
import type { Instance } from "../instance";
import { run } from "../programs/run";
import { DAEMON_PATH } from "../requirements";
import { DaemonError } from "./daemon-error";
import type { ProcessId } from "./process-id";
import { isRunning, processId } from "./process-id";
import { waitFor } from "./wait-for";

/**
 * Starts the process that holds the cluster's process, network and mount namespaces. When it ends, the kernel
 * ends every process in them and takes back all that was mounted, routed or filtered there.
 */
export function launchNamespaces(instance: Instance, policies: Cluster["policies"]): ProcessId {
  const log = openSync(logOf(instance), "a");
  const namespaces = ["--pid", "--fork", "--kill-child", "--mount-proc", "--net", "--mount"];
  const setup = [join(__dirname, "setup.sh"), instance.directory, THIRD_PARTY_GATEWAY, CONTROL_IP];
  const network = [CONTROL_PORTS, POD_CIDR, policies];
  const args = [...namespaces, "--propagation", "private", "--", "sh", ...setup, ...network];
  const child = spawn("unshare", args, {
    detached: true,
    stdio: ["ignore", log, log],
    env: { PATH: DAEMON_PATH },
  });
  closeSync(log);
  child.unref();
  if (child.pid === undefined) throw new Error("unshare did not start");
  return processId(child.pid);
}

/** Waits until the namespaces are furnished and connects the host to them. */
export async function openNamespaces(instance: Instance, holder: ProcessId): Promise<void> {
  await waitFor("furnishing the namespaces", 10, () => {
    if (!isRunning(holder)) throw new DaemonError("setup.sh", "failed", logOf(instance));
    const init = onlyChild(holder);
    return init !== undefined && programOf(init) === "pause";
  });
  await connectHost(instance, initOf(holder));
}

/** Ends the namespaces with all that runs in them. */
export async function destroyNamespaces(instance: Instance, holder: ProcessId | undefined): Promise<void> {
  if (holder && isRunning(holder)) {
    // The holder itself ends after the last process in the namespaces.
    process.kill(onlyChild(holder) ?? holder.pid, "SIGKILL");
    await waitFor("ending the cluster's processes", 30, () => !isRunning(holder));
  }
  await disconnectHost(instance);
}

/** The command prefix that runs a command in the cluster's namespaces. */
export function entering(holder: ProcessId): string[] {
  return ["nsenter", "--target", String(initOf(holder)), "--mount", "--net", "--pid", "--"];
}

/** The same in the network namespace of the third parties. */
export function enteringInternet(holder: ProcessId): string[] {
  return [...entering(holder), "nsenter", "--net=/run/netns/internet", "--"];
}

async function connectHost({ link, hostIp, nodeIp }: Instance, init: number): Promise<void> {
  const peer = ["peer", "name", "host", "netns", String(init)];
  await run("ip", ["link", "add", link, "type", "veth", ...peer]);
  await run("ip", ["address", "add", `${hostIp}/30`, "dev", link]);
  await run("ip", ["link", "set", link, "up"]);
  const inside = ["--target", String(init), "--net", "--", "ip"];
  await run("nsenter", [...inside, "address", "add", `${nodeIp}/30`, "dev", "host"]);
  await run("nsenter", [...inside, "link", "set", "host", "up"]);
  await run("nsenter", [...inside, "route", "add", "default", "via", hostIp]);
}

/** The kernel takes a namespace's links back some time after its last process: don't wait for that. */
async function disconnectHost({ link }: Instance): Promise<void> {
  if (existsSync(`/sys/class/net/${link}`)) await run("ip", ["link", "delete", link]).catch(() => undefined);
  await waitFor(`removing the link ${link}`, 10, () => !existsSync(`/sys/class/net/${link}`));
}

function logOf({ logs }: Instance): string {
  return join(logs, "sandbox.log");
}

/** Process 1 of the namespaces. */
function initOf(holder: ProcessId): number {
  const init = onlyChild(holder);
  if (init === undefined) throw new Error("the cluster's namespaces have ended: was it stopped meanwhile?");
  return init;
}

function onlyChild({ pid }: ProcessId): number | undefined {
  const first = readIfThere(`/proc/${pid}/task/${pid}/children`).trim().split(" ")[0];
  return first ? Number(first) : undefined;
}

function programOf(pid: number): string {
  return readIfThere(`/proc/${pid}/comm`).trim();
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
