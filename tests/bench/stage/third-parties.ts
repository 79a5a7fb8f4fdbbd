/** All third parties of the benchmark are below it, so that one certificate is enough. */
export const DOMAIN = "upstreams.example";
/** What is asked for. */
export const PATHS = {
  small: "/1k",
  large: "/1m",
  upload: "/upload",
  events: "/events",
  messages: "/messages",
} as const;

/** Name of one of the third parties. */
export function upstreamHost(index: number): string {
  return `u${index}.${DOMAIN}`;
}
