import type { AuditedRequest } from "./audited-request";

/** As many as an EgressProxy can list. */
const MOST_HOSTS = 1_000;
/** As many as a rule can name. */
const MOST_CLIENTS = 1_000;
const MOST_METHODS = 50;

/** What a log has about one host. */
export interface Sighting {
  requests: number;
  /** Without the third party's whole response. */
  failed: number;
  websocket: boolean;
  /** Milliseconds since 1970. */
  first: number;
  last: number;
  /** Methods of answered requests, by `namespace/serviceAccount`. */
  readonly methods: Map<string, Set<string>>;
}

/** Who asked for what, host by host. Bounded, whatever the log holds: beyond, `dropped` counts. */
export class Sightings {
  readonly hosts = new Map<string, Sighting>();
  /** Requests that had no room. */
  dropped = 0;

  add(request: AuditedRequest): void {
    const sighting = this.at(request);
    if (!sighting) {
      this.dropped++;
      return;
    }
    sighting.requests++;
    sighting.first = Math.min(sighting.first, request.time);
    sighting.last = Math.max(sighting.last, request.time);
    if (!request.answered) sighting.failed++;
    else if (!addMethod(sighting.methods, request)) this.dropped++;
    sighting.websocket ||= request.websocket;
  }

  private at({ host, time }: AuditedRequest): Sighting | undefined {
    const known = this.hosts.get(host);
    if (known || this.hosts.size >= MOST_HOSTS) return known;
    const made = { requests: 0, failed: 0, websocket: false, first: time, last: time, methods: new Map() };
    this.hosts.set(host, made);
    return made;
  }
}

/** @returns false where there is no room */
function addMethod(byClient: Sighting["methods"], { client, method }: AuditedRequest): boolean {
  const key = `${client.namespace}/${client.serviceAccount}`;
  const methods = byClient.get(key) ?? new Set();
  if (!methods.has(method) && methods.size >= MOST_METHODS) return false;
  if (!byClient.has(key) && byClient.size >= MOST_CLIENTS) return false;
  byClient.set(key, methods.add(method));
  return true;
}
