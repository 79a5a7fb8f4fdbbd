import { isIPv6 } from "node:net";
import { join } from "node:path";
import { type Cluster, type ClientPod, instance, runInPod } from "../../cluster";
import { only } from "../../cluster/families";
import { run } from "../../cluster/programs/run";
import type { Port } from "./rules";

/** One packet: the first of a connection, or a datagram. */
export interface Packet extends Port {
  readonly host: string;
}

/** Where packets are sent from: a pod, or an address of the simulated Internet. */
export type Sender = ClientPod | { readonly address: string };

/**
 * Prints for each packet whether it passed. Whatever comes back proves that it did, a refusal too, because nothing need
 * listen: a policy drops and says nothing. A DNS query, so that DNS servers have something to answer.
 */
const SCRIPT = `
  import { connect } from "node:net";
  import { createSocket } from "node:dgram";
  const QUERY = Buffer.from("abcd01000001000000000000" + "00" + "00020001", "hex");
  const WAIT = 2500;
  const tcp = ({ host, port }, localAddress) => new Promise((resolve) => {
    const socket = connect({ host, port, localAddress });
    const end = (passed) => { clearTimeout(timer); socket.destroy(); resolve(passed); };
    const timer = setTimeout(() => end(false), WAIT);
    socket.on("connect", () => end(true));
    socket.on("error", ({ code }) => end(code === "ECONNREFUSED" || code));
  });
  const udp = ({ host, port }, address) => new Promise((resolve) => {
    const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
    const end = (passed) => { clearInterval(again); clearTimeout(timer); socket.close(); resolve(passed); };
    // Repeated: refusals by ICMP are rationed.
    const again = setInterval(() => socket.send(QUERY), 500);
    const timer = setTimeout(() => end(false), WAIT);
    socket.on("message", () => end(true));
    socket.on("error", ({ code }) => end(code === "ECONNREFUSED" || code));
    socket.on("connect", () => socket.send(QUERY));
    socket.bind({ address }, () => socket.connect(port, host));
  });
  const send = (packet) => (packet.protocol === "UDP" ? udp : tcp)(packet, address);
  console.log(JSON.stringify(await Promise.all(packets.map(send))));`;

/** Sends the packets at the same time; whether each passed, or the error that says why it can't be known. */
export async function send(
  cluster: Cluster,
  sender: Sender,
  packets: readonly Packet[],
): Promise<(boolean | string)[]> {
  const address = "address" in sender ? sender.address : undefined;
  const script = `const packets = ${JSON.stringify(packets)}, address = ${JSON.stringify(address)};${SCRIPT}`;
  const printed =
    "address" in sender ? await onInternet(cluster, script) : await runInPod(cluster, sender, script);
  return JSON.parse(printed) as (boolean | string)[];
}

/** Runs a script among the third parties. */
async function onInternet(cluster: Cluster, script: string): Promise<string> {
  const node = join(instance(cluster.instance).directory, "bin", "node");
  const { stdout } = await enterInternet(cluster, [node, "--input-type=module", "--eval", script]);
  return stdout;
}

/** An address of the simulated Internet, and by which of its addresses the node finds it. */
export interface AddedAddress {
  readonly address: string;
  readonly gateway: string;
}

/** Gives the simulated Internet addresses of any range, and the node a way to them, until the cluster ends. */
export async function addAddresses(cluster: Cluster, addresses: readonly AddedAddress[]): Promise<void> {
  const [command, ...args] = cluster.enter as [string, ...string[]];
  for (const { address, gateway } of addresses) {
    // Without the second in which IPv6 looks for others with the address.
    const flags = isIPv6(address) ? ["nodad"] : [];
    await enterInternet(cluster, ["ip", "address", "replace", only(address), "dev", "lo", ...flags]);
    await run(command, [...args, "ip", "route", "replace", only(address), "via", gateway]);
  }
}

export async function removeAddresses(cluster: Cluster, addresses: readonly AddedAddress[]): Promise<void> {
  const [command, ...args] = cluster.enter as [string, ...string[]];
  for (const { address } of addresses) {
    await run(command, [...args, "ip", "route", "delete", only(address)]);
    await enterInternet(cluster, ["ip", "address", "delete", only(address), "dev", "lo"]);
  }
}

function enterInternet(cluster: Cluster, program: readonly string[]) {
  const [command, ...args] = cluster.enter as [string, ...string[]];
  return run(command, [...args, "nsenter", "--net=/run/netns/internet", "--", ...program]);
}
