import type { ServerResponse } from "node:http";
import type { Failure } from "./failures";

/** Who answers, in Proxy-Status. */
export const PROXY_NAME = "k8s-egress";
/** Where each failure is explained. */
const EXPLANATIONS =
  "https://github.com/k8s-egress/k8s-egress/blob/main/proxy-image/src/proxy/errors/README.md";

/** The answer's status line is left to the caller: here are its headers, flat, and its body. */
export function problem(failure: Failure, reason?: string): { headers: string[]; body: Buffer } {
  const { name, status, title, advice, proxyStatus, headers = [] } = failure;
  const detail = reason ? `${reason} ${advice}` : advice;
  const body = Buffer.from(`${JSON.stringify({ type: `${EXPLANATIONS}#${name}`, title, status, detail })}\n`);
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
  res: ServerResponse,
  failure: Failure,
  reason?: string,
  further: readonly string[] = [],
): void {
  const { headers, body } = problem(failure, reason);
  headers.push(...further);
  res.writeHead(failure.status, headers);
  res.end(body);
}
