import type { Reply } from "../caller/reply";
import type { Failure } from "./failures";

/** Who answers, in Proxy-Status. */
export const PROXY_NAME = "k8s-egress";
/** Where each failure is explained. */
const EXPLANATIONS =
  "https://github.com/k8s-egress/k8s-egress/blob/main/proxy-image/src/proxy/errors/README.md";

/** Headers, flat, and a body of ASCII. */
function problem(failure: Failure, reason?: string): { headers: string[]; body: string } {
  const { name, status, title, advice, proxyStatus, headers = [] } = failure;
  const detail = reason ? `${reason} ${advice}` : advice;
  const body = `${ascii(JSON.stringify({ type: `${EXPLANATIONS}#${name}`, title, status, detail }))}\n`;
  return {
    headers: [
      "Content-Type",
      "application/problem+json",
      "Content-Length",
      String(body.length),
      "Cache-Control",
      "no-store",
      "Proxy-Status",
      `${PROXY_NAME}; error=${proxyStatus}; details="${name}"`,
      ...headers,
    ],
    body,
  };
}

/** Answers a request with a failure (RFC 9457 body, RFC 9209 header); nothing may have been sent before. */
export function answer(
  reply: Reply,
  failure: Failure,
  reason?: string,
  further: readonly string[] = [],
): void {
  const { headers, body } = problem(failure, reason);
  headers.push(...further);
  if (failure.closes) reply.last = true;
  reply.begin(failure.status, headers);
  reply.end(body);
}

/** JSON with everything else escaped, so that its characters are its bytes. */
function ascii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
