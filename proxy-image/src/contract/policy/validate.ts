import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { checkAcrossFields } from "./across-fields";
import {
  LINK_HEADER,
  PASSABLE,
  isHeaderText,
  isLinkHeader,
  isPassable,
  isSettable,
} from "../names/header-fields";
import { COLLECTOR_URL, collectorUrl } from "../names/collector-url";
import { isInstant } from "./instant";
import { HEADER_BYTES, HEADER_FIELDS } from "./limits";
import { METHOD_MEANING, isMethod } from "../names/method";
import {
  isDomain,
  isHostname,
  isNamespaceName,
  isServiceAccountName,
  isAuthority,
  isServiceName,
  isUpstreamHost,
} from "../names/names";
import { isPathPattern } from "./path-pattern";
import type { Policy } from "./policy";
import {
  type Mistake,
  between,
  integer,
  isRecord,
  list,
  object,
  oneOf,
  optional,
  record,
  text,
} from "./schema";

/** The document is not a valid policy; the message has one line per error. */
export class InvalidPolicyError extends Error {
  override readonly name = "InvalidPolicyError";

  constructor(readonly mistakes: readonly Mistake[]) {
    super(`the policy is refused:\n${mistakes.map(({ path, problem }) => `${path} ${problem}`).join("\n")}`);
  }
}

const DAY = 86_400_000;
/** Higher than the component's limit, so that only the component enforces it. */
const MOST_UPSTREAMS = 20_000;
const MOST_COUNT = 1_000_000;
const MOST_BYTES = 2 ** 40;
const hostname = text(
  (value) => isHostname(value) && value.includes("."),
  'a host name in lower case, such as "api.stripe.com"',
);
const milliseconds = integer(1, DAY, "milliseconds");
const count = integer(1, MOST_COUNT, "a number of requests");
const bytes = integer(0, MOST_BYTES, "bytes");
const credential = text(isCredentialName, 'the name of a credential, such as "stripe"');
const namespace = text(isNamespaceName, 'the name of a namespace, such as "shop"');

const rule = object({
  clients: optional(
    list(
      object({
        namespace,
        serviceAccount: optional(
          text(isServiceAccountName, 'the name of a service account, such as "checkout"'),
        ),
      }),
      1,
      1_000,
    ),
  ),
  methods: optional(list(text(isMethod, METHOD_MEANING), 1, 50)),
  paths: optional(
    list(
      text(
        isPathPattern,
        'a path in normal form, such as "/v1/charges", or a pattern, such as "/v1/*" or "/v1/**"',
      ),
      1,
      1_000,
    ),
  ),
});

/** Fields that an audit and an upstream have in common. */
const common = {
  service: text(isServiceName, 'the name of a Service, such as "api-stripe-com"'),
  timeouts: object({
    connect: milliseconds,
    response: milliseconds,
    idle: milliseconds,
    stream: milliseconds,
    total: optional(milliseconds),
  }),
  maxConnections: optional(integer(1, MOST_COUNT, "a number of connections")),
  maxConnectionAge: optional(milliseconds),
  maxRequests: optional(count),
  maxRequestsPerClient: optional(count),
  retries: optional(object({ budgetPercent: integer(1, 100, "percent") })),
  websockets: optional(object({ maxAge: milliseconds })),
};

const settable = text(
  isSettable,
  'keyed by a header field in lower case that is not the proxy\'s own, such as "authorization"',
);
const header = object({ credential, prefix: text(isHeaderText, 'printable ASCII, such as "Bearer "') });

const tracing = object({
  endpoint: text((value) => collectorUrl(value) !== undefined, COLLECTOR_URL),
  sampleRatio: between(0, 1, "a share"),
  clientSampledPerSecond: integer(0, MOST_COUNT, "a number of requests"),
  headers: optional(record(settable, header, 20)),
});

const audit = object({
  namespaces: list(namespace, 1, 1_000),
  until: text(isInstant, 'an instant in UTC, such as "2027-02-01T00:00:00Z"'),
  ...common,
});

const upstream = object({
  ...common,
  port: integer(1, 65_535, "a TCP port"),
  tls: object({
    minVersion: oneOf("TLSv1.2", "TLSv1.3"),
    serverName: optional(hostname),
    caCertificates: optional(text(isPem, "one or more certificates as PEM")),
    clientCertificate: optional(object({ certificate: credential, key: credential })),
  }),
  allowedCidrs: list(text(isCidr, 'an address range, such as "10.1.0.0/16"'), 0, 100),
  allow: optional(list(rule, 1, 1_000)),
  setHeaders: optional(record(settable, header, 20)),
  encodedSlashes: optional(oneOf(true)),
  passHeaders: optional(list(text(isPassable, PASSABLE), 1, 20)),
  propagateTrace: optional(oneOf(true)),
  via: optional(oneOf(false)),
  hostHeader: optional(
    text(isAuthority, 'a host in lower case, such as "api.example.com" or "api.example.com:8443"'),
  ),
  bodyMethods: optional(list(text(isMethod, METHOD_MEANING), 1, 50)),
  linksTo: optional(
    list(text(isUpstreamHost, 'another entry of `upstreams`, such as "cdn.example.com"'), 1, 1_000),
  ),
  linkHeaders: optional(list(text(isLinkHeader, LINK_HEADER), 1, 20)),
  maxBodyBytes: optional(object({ request: optional(bytes), response: optional(bytes) })),
  rateLimit: optional(object({ requests: count, period: milliseconds, burst: count })),
  circuitBreaker: optional(object({ failures: count, reset: milliseconds })),
});

const policy = object({
  version: oneOf(1),
  domain: text(
    (value) => isDomain(value) && value.includes("."),
    'a domain in lower case, of at least two labels, such as "egress.local"',
  ),
  services: object({
    namespace: text(isNamespaceName, 'the name of a namespace, such as "egress"'),
    clusterDomain: text(isDomain, 'a domain in lower case, such as "cluster.local"'),
  }),
  mesh: optional(
    object({
      identitySuffix: text(
        (value) => value.startsWith("serviceaccount.identity.") && isHostname(value),
        'what follows account and namespace, such as "serviceaccount.identity.linkerd.cluster.local"',
      ),
    }),
  ),
  audit: optional(audit),
  limits: object({
    headerBytes: integer(HEADER_BYTES.least, HEADER_BYTES.most, "bytes"),
    headerFields: integer(HEADER_FIELDS.least, HEADER_FIELDS.most, "a number of header fields"),
  }),
  tracing: optional(tracing),
  upstreams: record(
    text(isUpstreamHost, 'keyed by a host, such as "api.stripe.com" or "*.ingest.sentry.io"'),
    upstream,
    MOST_UPSTREAMS,
  ),
});

/**
 * Parses a policy, strictly: an unknown field is an error, and so is a missing one, because all defaults are the
 * component's.
 *
 * @throws InvalidPolicyError with every error and its path
 */
export function parsePolicy(source: string): Policy {
  const value = parseJson(source);
  const mistakes: Mistake[] = [];
  policy(value, "", mistakes);
  if (mistakes.length === 0) checkAcrossFields(value as Policy, mistakes);
  if (mistakes.length > 0) throw new InvalidPolicyError(mistakes);
  return value as Policy;
}

function parseJson(source: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    throw new InvalidPolicyError([
      {
        path: "the policy",
        problem: `must be JSON: ${error instanceof Error ? error.message : "it is not"}`,
      },
    ]);
  }
  if (!isRecord(value)) throw new InvalidPolicyError([{ path: "the policy", problem: "must be an object" }]);
  return value;
}

/**
 * Whether a text may name a credential. It is also a file name in the credentials' folder, so it has no dots and
 * slashes.
 */
export function isCredentialName(value: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(value);
}

function isPem(value: string): boolean {
  const blocks = value.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (!blocks) return false;
  try {
    for (const block of blocks) new X509Certificate(block);
    return true;
  } catch {
    return false;
  }
}

function isCidr(value: string): boolean {
  const [address, prefix, ...rest] = value.split("/");
  const family = isIP(address ?? "");
  if (family === 0 || address!.includes("%") || prefix === undefined || rest.length > 0) return false;
  return /^(?:0|[1-9]\d{0,2})$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}
