import type { AuditedRequest } from "./audited-request";
import type { MetricSample } from "./metric-samples";

/** The maximum of an EgressProxy. */
const MOST_HOSTS = 1_000;
/** The maximum of a rule. */
const MOST_CLIENTS = 1_000;
const MOST_METHODS = 50;

/** What the log or the metrics contain about one host. */
export interface Sighting {
  /** Metrics of TLS count connections. */
  requests: number;
  /** Requests without the third party's whole response. */
  failed: number;
  websocket: boolean;
  /** Milliseconds since 1970. */
  first: number;
  last: number;
  /**
   * Methods of requests with a whole response, by `namespace/serviceAccount`. Metrics have neither service accounts nor
   * methods: there it is an empty set by `namespace`.
   */
  readonly methods: Map<string, Set<string>>;
}

/** Collects which clients asked for what, per host. Bounded, whatever the log contains: `dropped` counts the rest. */
export class Sightings {
  readonly hosts = new Map<string, Sighting>();
  /** Requests that were not counted for lack of room. */
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

  addSample(sample: MetricSample): void {
    const sighting = this.at(sample);
    if (!sighting || (!sighting.methods.has(sample.namespace) && sighting.methods.size >= MOST_CLIENTS)) {
      this.dropped += sample.count;
      return;
    }
    sighting.requests += sample.count;
    sighting.last = Math.max(sighting.last, sample.time);
    sighting.methods.set(sample.namespace, new Set());
  }

  private at({ host, time }: Pick<AuditedRequest, "host" | "time">): Sighting | undefined {
    const known = this.hosts.get(host);
    if (known || this.hosts.size >= MOST_HOSTS) return known;
    const made = { requests: 0, failed: 0, websocket: false, first: time, last: time, methods: new Map() };
    this.hosts.set(host, made);
    return made;
  }
}

/** @returns false if there is no room */
function addMethod(byClient: Sighting["methods"], { client, method }: AuditedRequest): boolean {
  const key = `${client.namespace}/${client.serviceAccount}`;
  const methods = byClient.get(key) ?? new Set();
  if (!methods.has(method) && methods.size >= MOST_METHODS) return false;
  if (!byClient.has(key) && byClient.size >= MOST_CLIENTS) return false;
  byClient.set(key, methods.add(method));
  return true;
}
