import { join } from "node:path";

import { NODE_NAME } from "../addresses";
import { inUrl } from "../families";
import type { Kubeconfigs } from "../pki/kubeconfig";
import type { Daemon } from "../sandbox/daemon";
import { answers } from "./http";

const HEALTH_PORT = 10258;
/** Of `sandbox/setup.sh`, which puts the packets there. */
const QUEUE = 100;

/** Enforces NetworkPolicies. While it is away no pod gets a new connection: its queue has no bypass. */
export function networkPolicies(directory: string, nodeIp: string, configs: Kubeconfigs): Daemon {
  const health = `${inUrl(nodeIp)}:${HEALTH_PORT}`;
  return {
    name: "network-policies",
    command: join(directory, "bin", "network-policies"),
    args: [`--kubeconfig=${configs.admin}`, `--node=${NODE_NAME}`, `--queue=${QUEUE}`, `--health=${health}`],
    isReady: () => answers(`http://${health}/`),
  };
}
