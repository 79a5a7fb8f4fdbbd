import { STATUS_CODES } from "node:http";
import type { ResponseWriter } from "../message/response-writer";
import type { ReadSoFar } from "../message/read-so-far";
import type { Failure } from "./failures";

/** The name of this proxy in Proxy-Status. */
export const PROXY_NAME = "k8s-egress";
/** The page that explains each failure. */
const EXPLANATIONS =
  "https://github.com/k8s-egress/k8s-egress/blob/main/proxy-image/src/proxy/errors/README.md";
/** Characters of a path that are shown to the client. */
const MOST_PATH = 200;

/** Details of one response, beside the failure. */
export interface Particulars {
  /** What the failure means in this case. */
  readonly reason?: string | undefined;
  /** What the client asked for, as far as it could be parsed. */
  readonly asked?: ReadSoFar;
  /** Further header fields, flat. */
  readonly further?: readonly string[] | undefined;
}

/** Responds with a failure (RFC 9457 body, RFC 9209 field). Nothing may have been sent before. */
export function sendFailure(
  response: ResponseWriter,
  failure: Failure,
  { reason, asked, further = [] }: Particulars,
): void {
  const { name, status, proxyStatus, headers = [] } = failure;
  const body = problem(failure, reason, asked);
  if (failure.closes) response.close();
  response.begin(
    status,
    [
      "Content-Type",
      // RFC 9457 defines no charset. octokit reads a body with a charset as text, and any other as bytes.
      "application/problem+json; charset=utf-8",
      "Content-Length",
      String(body.length),
      "Cache-Control",
      "no-store",
      "Proxy-Status",
      `${PROXY_NAME}; error=${proxyStatus}; details="${name}"`,
      ...headers,
      ...further,
    ],
    // Many clients show only the reason phrase of an error.
    `${STATUS_CODES[status]} (${PROXY_NAME}: ${name})`,
  );
  response.end(body);
}

/**
 * A body of ASCII. Beside RFC 9457's members it has those that third parties' own libraries look for (extension
 * members, RFC 9457 §3.2). Without them these libraries assume a success or show nothing: stripe-node reads `error`;
 * OpenAI's, Google's, Algolia's and Twilio's read `error.message` or `message`, Vault's a list `errors`.
 */
function problem({ name, status, title, advice }: Failure, reason?: string, asked?: ReadSoFar): string {
  const detail = [reason, advice, asked && describe(asked)].filter(Boolean).join(" ");
  const message = `${title} ${detail}`;
  const members = {
    type: `${EXPLANATIONS}#${name}`,
    title,
    status,
    detail,
    message,
    code: name,
    error: { message, type: PROXY_NAME, code: name },
    errors: [message],
  };
  return `${ascii(JSON.stringify(members))}\n`;
}

/** `Asked for: GET api.example.com.egress.local/v1` */
function describe({ method, host = "", path = "" }: ReadSoFar): string | undefined {
  if (method === undefined) return undefined;
  const shown = path.length > MOST_PATH ? `${path.slice(0, MOST_PATH)}...` : path;
  // A target that is a URL contains the host.
  return `Asked for: ${method} ${shown.startsWith("/") || shown === "*" ? host + shown : shown}`;
}

/** Escapes everything beyond ASCII, so that one character is one byte. */
function ascii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
