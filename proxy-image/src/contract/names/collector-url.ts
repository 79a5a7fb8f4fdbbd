/** What the endpoint of a collector must be, for messages. */
export const COLLECTOR_URL =
  'the base URL of an OTLP/HTTP receiver, to which /v1/traces is added, such as "http://otel-collector.observability.svc:4318"';

/** Fields of an export that are not the user's: the exporter writes them. */
const EXPORTERS_OWN = new Set(["content-type", "content-encoding", "user-agent"]);

/** The base URL of a collector; undefined if a text is none: user names, queries and fragments are not part of one. */
export function collectorUrl(value: string): URL | undefined {
  if (!/^https?:\/\/[\x21-\x7e]+$/.test(value) || /[?#@\\]/.test(value) || value.endsWith("/"))
    return undefined;
  try {
    return new URL(value);
  } catch {
    return undefined;
  }
}

/** Whether a request to a collector may have a field, which is settable, of the user's. */
export function isCollectorField(name: string): boolean {
  return !EXPORTERS_OWN.has(name);
}
