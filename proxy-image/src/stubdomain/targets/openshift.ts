import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { qualified } from "../corefile/zone-key";
import { TakenError, TargetError } from "./error";
import type { Format, Target } from "./target";

/**
 * One of `spec.servers` of OpenShift's DNS operator, which writes the Corefile from them.
 *
 * Source: DNS in openshift/api operator/v1.
 */
interface Server {
  /** A service name by RFC 6335: at most 15 characters. */
  name: string;
  zones: string[];
  forwardPlugin: { upstreams: string[] };
}

const PREFIX = "egress-";

/** `spec.servers` as JSON. An entry is a server; its name comes from its owner, because it must be unique. */
const format: Format = {
  blank: "[]",
  isBlank: (text) => serversOf(text).length === 0,
  insert(text, entry) {
    const own = serverOf(entry);
    const servers = serversOf(text);
    const taken = servers.find((server) => server.name === own.name || isFor(server, own.zones[0]!));
    if (taken) {
      throw new TakenError(
        `the server ${JSON.stringify(taken.name)} is for ${own.zones[0]!} already, or has our name`,
        JSON.stringify(taken),
      );
    }
    return JSON.stringify([...servers, JSON.parse(entry)]);
  },
  remove(text, entry) {
    const own = serverOf(entry);
    const servers = serversOf(text);
    const at = servers.findIndex(({ name }) => name === own.name);
    const found = servers[at];
    if (!found) return text;
    if (!saysTheSame(found, own)) {
      throw new TargetError(
        `the server ${own.name} is not the one that was put in: it was changed by hand, and has to be taken out by hand`,
      );
    }
    return JSON.stringify(servers.toSpliced(at, 1));
  },
  has: (text, entry) => serversOf(text).some((server) => saysTheSame(server, serverOf(entry))),
  same: (one, other) => saysTheSame(serverOf(one), serverOf(other)),
  isOurs: (text, entry) => format.has(text, entry),
  domainOf: (entry) => serverOf(entry).zones[0]!,
  ownerOf: (entry) => /^egress-([0-9a-f]{8})$/.exec(serverOf(entry).name)?.[1],
  find(text, domain) {
    const found = serversOf(text).find((server) => isFor(server, domain));
    if (!found) return undefined;
    if (found.zones?.length !== 1 || !String(found.name).startsWith(PREFIX)) {
      throw new TargetError(
        `the server ${JSON.stringify(found.name)} for ${domain} is not one of ours: remove it by hand`,
      );
    }
    return JSON.stringify(found);
  },
};

export const openshift: Target = {
  format,
  field: ["spec", "servers"],
  mayBeMissing: "field",
  isImported: false,
  plugins: () => [],
  entry({ domain, forwardTo, marker, owner }, { object }) {
    if (object?.spec?.managementState === "Unmanaged") {
      throw new TargetError(
        "dns.operator/default has managementState Unmanaged: its operator would do nothing",
      );
    }
    const id = owner ?? createHash("sha256").update(marker).digest("hex").slice(0, 8);
    const server: Server = {
      name: `${PREFIX}${id}`,
      zones: [domain],
      forwardPlugin: { upstreams: [forwardTo] },
    };
    return JSON.stringify(server);
  },
};

/** An observed server may have been written by others, so no field is assumed. */
type Observed = { [key in keyof Server]?: unknown } & { zones?: unknown[] };

function serversOf(text: string): Observed[] {
  const value: unknown = JSON.parse(text);
  if (Array.isArray(value) && value.every((server) => typeof server === "object" && server !== null)) {
    return value as Observed[];
  }
  throw new TargetError("spec.servers is no list of servers");
}

function serverOf(entry: string): Server {
  let value: unknown;
  try {
    value = JSON.parse(entry);
  } catch {
    throw new TargetError("an entry of spec.servers is JSON");
  }
  const server = value as Partial<Server> | null;
  const isServer =
    typeof server?.name === "string" &&
    typeof server.zones?.[0] === "string" &&
    Array.isArray(server.forwardPlugin?.upstreams);
  if (!isServer) throw new TargetError("an entry of spec.servers has a name, zones and upstreams");
  return server as Server;
}

/** The API server adds defaults, such as `policy`: fields that we did not set are ignored. */
function saysTheSame({ name, zones, forwardPlugin }: Observed, own: Server): boolean {
  const upstreams = (forwardPlugin as { upstreams?: unknown } | undefined)?.upstreams;
  return (
    name === own.name &&
    isDeepStrictEqual(zones, own.zones) &&
    isDeepStrictEqual(upstreams, own.forwardPlugin.upstreams)
  );
}

function isFor({ zones = [] }: Observed, domain: string): boolean {
  return zones.some((zone) => typeof zone === "string" && qualified(zone) === qualified(domain));
}
