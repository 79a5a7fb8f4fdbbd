import { isIP } from "node:net";
import { parse } from "tldts";
import { SPECIAL_RANGES } from "../../proxy-image/src/contract/policy/special-ranges";
import { contains, parseCidr } from "../cidr";
import { collectorUrl } from "../../proxy-image/src/contract/names/collector-url";

/** Where a collector of traces is, as its URL says. */
export type CollectorPlace =
  | { readonly kind: "service"; readonly namespace: string }
  | { readonly kind: "address"; readonly ip: string }
  | { readonly kind: "public" };

/** Whether only the Internet leads to a collector at this place. */
export function isOnInternet(place: CollectorPlace): boolean {
  if (place.kind !== "address") return place.kind === "public";
  const { ip } = place;
  return !isPrivate(`${ip}/${isIP(ip) === 4 ? 32 : 128}`);
}

/** Whether all addresses of a range in CIDR notation are private or special; true for what is no range. */
export function isPrivate(cidr: string): boolean {
  const own = parseCidr(cidr);
  return !own || SPECIAL_RANGES.some((special) => contains(parseCidr(special)!, own));
}

/** Host and port of a collector, and where that is. */
export interface Collector {
  readonly place: CollectorPlace;
  readonly port: number;
  readonly encrypted: boolean;
}

/**
 * The names of a Service are those that a pod's resolver completes: `name`, `name.namespace`, `name.namespace.svc` and
 * the whole name. Two labels are a Service's unless the last one is a domain of the Internet.
 *
 * @param own namespace of the pods that call it
 */
export function collectorOf(endpoint: string, own: string, clusterDomain: string): Collector {
  const url = collectorUrl(endpoint)!;
  const encrypted = url.protocol === "https:";
  const port = url.port === "" ? (encrypted ? 443 : 80) : Number(url.port);
  return { place: placeOf(url.hostname.replace(/\.$/, ""), own, clusterDomain), port, encrypted };
}

function placeOf(host: string, own: string, clusterDomain: string): CollectorPlace {
  const ip = host.replace(/^\[|\]$/g, "");
  if (isIP(ip) !== 0) return { kind: "address", ip };
  const inCluster = [`.svc.${clusterDomain}`, ".svc"].find((suffix) => host.endsWith(suffix));
  const labels = (inCluster === undefined ? host : host.slice(0, -inCluster.length)).split(".");
  if (inCluster !== undefined) return { kind: "service", namespace: labels.at(-1)! };
  if (labels.length === 1) return { kind: "service", namespace: own };
  if (labels.length === 2 && parse(host).isIcann === false) return { kind: "service", namespace: labels[1]! };
  return { kind: "public" };
}
