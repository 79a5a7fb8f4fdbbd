import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { CONTROL_PORTS, NETWORKS, TRANSLATED_IP, TRANSLATOR } from "../addresses";
import type { Cluster } from "../cluster";
import type { Families, Family } from "../families";
import { familiesOf } from "../families";
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
export function launchNamespaces(
  instance: Instance,
  families: Families,
  policies: Cluster["policies"],
): ProcessId {
  const log = openSync(logOf(instance), "a");
  const namespaces = ["--pid", "--fork", "--kill-child", "--mount-proc", "--net", "--mount"];
  const setup = [join(__dirname, "setup.sh"), instance.directory, families, policies];
  const args = [...namespaces, "--propagation", "private", "--", "sh", ...setup];
  const child = spawn("unshare", args, {
    detached: true,
    stdio: ["ignore", log, log],
    env: {
      PATH: DAEMON_PATH,
      CONTROL_PORTS,
      TRANSLATED_IP,
      ...variables(4),
      ...variables(6),
      ...translator(),
    },
  });
  closeSync(log);
  child.unref();
  if (child.pid === undefined) throw new Error("unshare did not start");
  return processId(child.pid);
}

/** Waits until the namespaces are furnished and connects the host to them. */
export async function openNamespaces(
  instance: Instance,
  families: Families,
  holder: ProcessId,
): Promise<void> {
  await waitFor("furnishing the namespaces", 10, () => {
    if (!isRunning(holder)) throw new DaemonError("setup.sh", "failed", logOf(instance));
    const init = onlyChild(holder);
    return init !== undefined && programOf(init) === "pause";
  });
  await connectHost(instance, families, initOf(holder));
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

/** What setup.sh is told of a family: `GATEWAY4`, `POD_CIDR6` … */
function variables(family: Family): NodeJS.ProcessEnv {
  const names = Object.entries(NETWORKS[family]).map(([key, value]) => [
    `${key.replace(/[A-Z]/g, "_$&").toUpperCase()}${family}`,
    value,
  ]);
  return Object.fromEntries(names) as NodeJS.ProcessEnv;
}

function translator(): NodeJS.ProcessEnv {
  const { prefix, ipv4, ipv6, pool } = TRANSLATOR;
  return { NAT64_PREFIX: prefix, NAT64_IPV4: ipv4, NAT64_IPV6: ipv6, NAT64_POOL: pool };
}

async function connectHost({ link, cable }: Instance, families: Families, init: number): Promise<void> {
  const peer = ["peer", "name", "host", "netns", String(init)];
  await run("ip", ["link", "add", link, "type", "veth", ...peer]);
  const inside = ["--target", String(init), "--net", "--", "ip"];
  await run("ip", ["link", "set", link, "up"]);
  await run("nsenter", [...inside, "link", "set", "host", "up"]);
  for (const family of familiesOf(families)) {
    const { hostIp, nodeIp, prefix } = cable[family];
    // IPv6 would be unusable for a second, in which the kernel looks for others with the address (RFC 4862 §5.4).
    const flags = family === 6 ? ["nodad"] : [];
    await run("ip", ["address", "add", `${hostIp}/${prefix}`, "dev", link, ...flags]);
    await run("nsenter", [...inside, "address", "add", `${nodeIp}/${prefix}`, "dev", "host", ...flags]);
    await run("nsenter", [...inside, `-${family}`, "route", "add", "default", "via", hostIp]);
  }
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
