/** Media types of streams of events: silence between their pieces is normal. */
const STREAMS =
  /^(?:text\/event-stream|application\/(?:grpc(?:-web)?(?:\+[a-z]+)?|grpc-web-text(?:\+[a-z]+)?|x-ndjson|stream\+json))(?:$|[\t ;])/i;

/**
 * Whether a message is a stream: server-sent events, gRPC, JSON lines.
 *
 * @param fields flat: name, value, ...
 */
export function isStream(fields: readonly string[]): boolean {
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!;
    if (name.length === 12 && name.toLowerCase() === "content-type") return STREAMS.test(fields[i + 1]!);
  }
  return false;
}
