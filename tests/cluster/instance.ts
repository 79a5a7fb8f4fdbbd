import { createHash } from "node:crypto";
import { join } from "node:path";

import type { Family } from "./families";

/** The names and addresses by which one cluster differs from another on the same machine. */
export interface Instance {
  readonly name: string;
  /** Everything that the cluster writes. */
  readonly directory: string;
  readonly logs: string;
  readonly stateFile: string;
  /** The host's end of the cable to the node. */
  readonly link: string;
  /** Addresses of the cable's ends. */
  readonly cable: Readonly<Record<Family, Cable>>;
}

/** Addresses of the cable between host and node, in one family. */
export interface Cable {
  readonly hostIp: string;
  readonly nodeIp: string;
  readonly prefix: number;
}

/** Names the instance where none is given. */
export const INSTANCE_VARIABLE = "K8S_EGRESS_CLUSTER";
const DEFAULT_NAME = "k8s-egress-cluster";

/**
 * The instance called `name`; without one `K8S_EGRESS_CLUSTER`, else "k8s-egress-cluster". Two instances share
 * nothing but the cache of built programs.
 */
export function instance(name = process.env[INSTANCE_VARIABLE] ?? DEFAULT_NAME): Instance {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) {
    throw new Error(
      `${INSTANCE_VARIABLE}: "${name}" names a directory: use lower-case letters, digits and "-", a letter first`,
    );
  }
  const hash = createHash("sha256").update(name).digest();
  // A /30 of 172.30.0.0/16 for each name.
  const subnet = `172.30.${hash.readUInt8(0)}`;
  const block = hash.readUInt8(1) & 0xfc;
  const subnet6 = `fd00:172:30:${hash.readUInt16BE(0).toString(16)}`;
  const directory = join("/var/lib", name);
  return {
    name,
    directory,
    logs: join(directory, "logs"),
    stateFile: join(directory, "state.json"),
    link: `egress-${hash.toString("hex").slice(0, 8)}`,
    cable: {
      4: { hostIp: `${subnet}.${block + 1}`, nodeIp: `${subnet}.${block + 2}`, prefix: 30 },
      6: { hostIp: `${subnet6}::1`, nodeIp: `${subnet6}::2`, prefix: 64 },
    },
  };
}
