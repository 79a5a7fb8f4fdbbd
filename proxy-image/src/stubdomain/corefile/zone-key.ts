import { CorefileError } from "./error";
import { gluedBrace } from "./misplaced-brace";
import { reverseZones } from "./reverse-zone";

/** The meaning of one address of a server block. */
export interface ZoneKey {
  /** Lower case, with the last dot. */
  zone: string;
  /** Port; empty for Unix sockets. */
  port: string;
  /** Whether the port is written out; if not, it is the protocol's default. */
  explicitPort: boolean;
  protocol: string;
}

/** Source: plugin/pkg/transport in CoreDNS. */
const DEFAULT_PORTS: Record<string, string> = {
  dns: "53",
  tls: "853",
  quic: "853",
  grpc: "443",
  https: "443",
  https3: "443",
  unix: "",
};

/** `{$NAME}` and `{%NAME%}`: CoreDNS replaces them by an environment variable. */
const VARIABLE = /\{\$[^}]+\}|\{%.+?%\}/;

const MAX_ZONE = 255;
const MAX_LABEL = 63;

/**
 * The zones of one address: several if it is a reverse range that is not on a label's boundary, none if it contains an
 * environment variable, whose value only CoreDNS knows.
 *
 * Source: plugin/normalize.go and core/dnsserver/register.go in CoreDNS.
 *
 * @param key as written, such as `example.org`, `dns://.:1053` or `10.0.0.0/24`
 * @param line for the error
 * @throws CorefileError if CoreDNS would reject the address
 */
export function zoneKeys(key: string, line?: number): ZoneKey[] {
  if (VARIABLE.test(key)) return [];
  const scheme = /^(tls|dns|quic|grpc|https3|https|unix):\/\//.exec(key);
  const protocol = scheme?.[1] ?? "dns";
  let name = key.slice(scheme?.[0].length ?? 0);
  if (name === "" || name.endsWith(":")) {
    throw new CorefileError(`the address "${key}" lacks a zone or port; "." is the zone of all names`, line);
  }
  const [, before, number] = /^(.*):([+-]?\d+)$/s.exec(name) ?? [];
  if (before !== undefined) name = before;
  const port = number === undefined ? DEFAULT_PORTS[protocol]! : String(Number(number));
  if (!isDomainName(name)) throw notAZone(key, line);
  const explicitPort = number !== undefined;
  return (reverseZones(name) ?? [qualified(name)]).map((zone) => ({ zone, port, explicitPort, protocol }));
}

/** The error for an address that CoreDNS rejects as a domain name; the message depends on what was probably meant. */
function notAZone(key: string, line: number | undefined): CorefileError {
  if (key.endsWith("{")) return gluedBrace(key, line);
  if (/^:\d+$/.test(key)) {
    return new CorefileError(`the address "${key}" has no zone; for all names write ".${key}"`, line);
  }
  return new CorefileError(`the zone of the address "${key}" is no domain name`, line);
}

/** A name in lower case, with the last dot. */
export function qualified(name: string): string {
  return (name.endsWith(".") ? name : `${name}.`).toLowerCase();
}

/**
 * Stricter than CoreDNS in one point: names with escapes (`a\.b`) are rejected, so that names can be compared as text.
 */
function isDomainName(name: string): boolean {
  if (name.includes("\\")) return false;
  if (name === ".") return true;
  const labels = (name.endsWith(".") ? name.slice(0, -1) : name).split(".");
  return (
    Buffer.byteLength(name) <= MAX_ZONE &&
    labels.every((label) => label !== "" && Buffer.byteLength(label) <= MAX_LABEL)
  );
}
