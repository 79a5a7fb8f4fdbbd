import type { Attributes } from "@opentelemetry/api";
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_RPC_METHOD,
  ATTR_RPC_SYSTEM_NAME,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
} from "@opentelemetry/semantic-conventions";
import type { MatchedRule } from "../authorise/rules";
import type { Failure } from "../errors/failures";
import type { Exchange } from "../exchange/exchange";
import { ownCopy } from "../message/own-copy";
import { hostOf, pathOf } from "../message/shown";

/** Methods of RFC 9110 and PATCH; a client could invent any number of others, and a span's name has few values. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const OTHER = "_OTHER";

/** Path of a gRPC method: package and service, method. */
const RPC_PATH = /^\/([\w.]+\/\w+)$/;
/** URL template, which the conventions have not declared stable yet. */
const URL_TEMPLATE = "url.template";

/** The part of an exchange that its spans show. */
export type Traced = Pick<
  Exchange,
  "head" | "client" | "destination" | "origin" | "retries" | "failure" | "cancelled" | "status"
>;

/**
 * The name of both spans: the method, and the pattern of the policy that the path matches. Never a path itself, of which
 * there are any number. `HTTP` stands for methods that are not RFC 9110's, as the conventions want.
 */
export function spanName(method: string, rule: MatchedRule | undefined): string {
  const name = METHODS.has(method) ? method : "HTTP";
  return rule?.path === undefined ? name : `${name} ${rule.path}`;
}

/** Attributes of the span of the client's request. Neither query nor fields: they contain keys and personal data. */
export function serverAttributes(exchange: Traced, rule: MatchedRule | undefined): Attributes {
  const { head, client, destination, retries, failure, cancelled, status } = exchange;
  const host = destination?.host ?? (head.host === undefined ? undefined : hostOf(head.host));
  return {
    ...common(exchange),
    [ATTR_URL_SCHEME]: "http",
    [ATTR_URL_PATH]: shownPath(head.target),
    ...(host !== undefined && { [ATTR_SERVER_ADDRESS]: ownCopy(host) }),
    [ATTR_NETWORK_PROTOCOL_VERSION]: head.version,
    ...(rule?.path !== undefined && { [ATTR_HTTP_ROUTE]: rule.path }),
    ...(status > 0 && { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status }),
    ...errorType(failure, status, 500),
    ...(destination && { "egress.upstream": destination.route.entry }),
    ...(client && { "egress.client": client.key }),
    ...(rule && { "egress.rule": `allow[${rule.index}]` }),
    "egress.retries": retries,
    ...(failure && { "egress.failure": failure.name }),
    ...(cancelled && { "egress.cancelled": true }),
  };
}

/**
 * Attributes of the span of a request to the third party.
 *
 * @param status of the third party's response; 0 for none
 * @param failure why there was no response, or only part of one
 * @param resends requests to the third party before this one
 */
export function clientAttributes(
  exchange: Traced,
  rule: MatchedRule | undefined,
  { status, failure, resends }: { status: number; failure: Failure | undefined; resends: number },
): Attributes {
  const { head, origin, destination } = exchange;
  return {
    ...common(exchange),
    [ATTR_URL_FULL]: `https://${origin?.authority ?? ""}${shownPath(head.target)}`,
    ...(destination && {
      [ATTR_SERVER_ADDRESS]: ownCopy(destination.host),
      [ATTR_SERVER_PORT]: destination.route.upstream.port,
      "egress.upstream": destination.route.entry,
    }),
    ...(rule?.path !== undefined && { [URL_TEMPLATE]: rule.path }),
    ...(resends > 0 && { [ATTR_HTTP_REQUEST_RESEND_COUNT]: resends }),
    ...(status > 0 && { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status }),
    ...errorType(failure, status, 400),
  };
}

function common({ head }: Traced): Attributes {
  const { method, target, fields } = head;
  const rpc = isGrpc(fields) ? RPC_PATH.exec(shownPath(target))?.[1] : undefined;
  return {
    [ATTR_HTTP_REQUEST_METHOD]: METHODS.has(method) ? method : OTHER,
    ...(!METHODS.has(method) && { [ATTR_HTTP_REQUEST_METHOD_ORIGINAL]: ownCopy(method) }),
    ...(rpc !== undefined && { [ATTR_RPC_SYSTEM_NAME]: "grpc", [ATTR_RPC_METHOD]: rpc }),
  };
}

/** A copy, because a span waits for its export and must not keep the request's head. */
function shownPath(target: string): string {
  return ownCopy(pathOf(target));
}

/** @param least status that is an error by itself */
function errorType(failure: Failure | undefined, status: number, least: number): Attributes {
  if (failure) return { [ATTR_ERROR_TYPE]: failure.name };
  return status >= least ? { [ATTR_ERROR_TYPE]: String(status) } : {};
}

function isGrpc(fields: readonly string[]): boolean {
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i]!.length === 12 && fields[i]!.toLowerCase() === "content-type")
      return fields[i + 1]!.toLowerCase().startsWith("application/grpc");
  }
  return false;
}
