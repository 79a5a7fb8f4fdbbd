import type * as pulumi from "@pulumi/pulumi";
import type { Monitoring, NetworkPolicies } from "./network-policy/args";

/**
 * What an {@link EgressProxy} is made from.
 *
 * `upstreams`, `domain`, `namespace` and everything else that is not typed `Input` is plain: it decides what
 * is created, so an Output there is an error that names the argument.
 */
export interface EgressProxyArgs {
  /** The third parties that may be called, at most 1,000, and at least one unless there is an `audit`; each host once. */
  upstreams: Upstream[];
  /** Third parties' keys, by the names under which upstreams refer to them. Default: none. */
  credentials?: { [name: string]: Credential };
  /**
   * Domain under which applications name upstreams: `http://<host>.<domain>`. At least two labels; neither
   * above nor below the cluster's domain or an upstream's host. Default: `egress.local`.
   */
  domain?: string;
  /** Kubernetes namespace of the proxy, its Services and its DNS server. Default: `egress`. */
  namespace?: string;
  /** Whether the component creates `namespace`. Default: true. */
  createNamespace?: boolean;
  /** Image of the proxy, by digest (`repository@sha256:…`). Give either this or `build`. */
  image?: pulumi.Input<string>;
  /** Builds the proxy's image from this package and pushes it. Give either this or `image`. */
  build?: ImageBuild;
  /**
   * Names of existing Secrets (type `kubernetes.io/dockerconfigjson`) with which pods pull images: in `namespace`, and
   * with `dns.mode` `stubDomain` in `dns.controllerNamespace` too. So both namespaces must be there before: give
   * `createNamespace: false` and `dns.controllerNamespace`. Default: none.
   */
  imagePullSecrets?: pulumi.Input<pulumi.Input<string>[]>;
  /** Pods of the proxy. Default: 2. */
  replicas?: pulumi.Input<number>;
  /** CPU and memory of each proxy pod. Default: requests 100m and 128Mi, limits 1 and 384Mi. */
  resources?: Resources;
  /** Labels added to every object; those that select pods win. Default: none. */
  labels?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Annotations added to the proxy's pods; those of this component win. Default: none. */
  podAnnotations?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Node labels that all pods require. Default: none. */
  nodeSelector?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Taints that all pods tolerate. Default: none. */
  tolerations?: pulumi.Input<pulumi.Input<Toleration>[]>;
  /** Priority class of all pods. Default: the cluster's. */
  priorityClassName?: pulumi.Input<string>;
  /**
   * How long a proxy pod that is being replaced finishes requests in flight: `60s`, `5m`; 1 s to 1 h. What
   * lasts longer is cut. Default: `60s`.
   */
  drain?: string;
  /** The service mesh. */
  mesh?: Mesh;
  /** How applications come to resolve `domain`. */
  dns?: Dns;
  /** The proxy's log. */
  log?: Log;
  /** Lets some callers call what is not listed, for a while, to find out what to list. Default: none. */
  audit?: Audit;
  /** What surrounds the pods: from whom and to where packets may go. */
  networkPolicies?: NetworkPolicies;
  /** Who reads metrics. Default: nobody but the pods' own nodes. */
  monitoring?: Monitoring;
}

/** One third party, reached as `https://<host>:<port>`. */
export interface Upstream {
  /**
   * Exact host (`api.stripe.com`), or a wildcard (`*.ingest.sentry.io`) for every name below the suffix,
   * however deep, but not the suffix itself. An exact host beats a wildcard, a longer wildcard a shorter one.
   */
  host: string;
  /** TCP port, 1 to 65535. Default: 443. */
  port?: number;
  /** Time limits. */
  timeouts?: Timeouts;
  /** How the third party's identity is verified. */
  tls?: UpstreamTls;
  /**
   * Ranges in CIDR notation, otherwise refused as private or special, that this host may resolve to: for third
   * parties behind a private link. Loopback, link-local, multicast and metadata addresses can't be allowed.
   * Default: none.
   */
  allowedCidrs?: string[];
  /** Who may call what: any rule admits. Default: every caller that the mesh admits, everything. */
  allow?: Rule[];
  /**
   * Header fields put on every request, in place of the caller's own, by name in lower case. Only where every rule
   * in `allow` names clients, methods and paths, and never for a wildcard. A third party that echoes request
   * headers discloses them to the caller. Default: none.
   */
  setHeaders?: { [name: string]: HeaderValue };
  /** Repeats of requests that the third party can't have acted on. */
  retries?: Retries;
  /** Refuses at once while the third party fails. Default: none. */
  circuitBreaker?: CircuitBreaker;
  /**
   * What callers' sidecars do on their way to the proxy, beyond balancing and measuring; not with `mesh.mode` `none`.
   * The limits above are the proxy's and hold whatever is said here. Default: nothing.
   */
  mesh?: UpstreamMesh;
  /** How often the third party may be called. Default: no limit. */
  rateLimit?: RateLimit;
  /** Connections to each name of the third party at a time, from each pod. Default: 256. */
  maxConnections?: number;
  /** Requests in flight at a time in each pod; one more is answered 503 at once. Default: 1,024. */
  maxRequests?: number;
  /** The same for each calling service account; those that the mesh does not identify are one. Default: 512. */
  maxRequestsPerCaller?: number;
  /** Largest bodies, in bytes. Default: no limit. */
  maxBodyBytes?: BodyLimits;
  /** Whether WebSocket connections are let through. Default: false. */
  websockets?: boolean;
  /**
   * Allows a wildcard over a suffix that strangers share (`*.s3.amazonaws.com`). Only where every rule in `allow`
   * names clients: anyone's bucket is a way out for them. Default: false.
   */
  sharedSuffix?: boolean;
}

/** Admits a request that fits every field that is given. */
export interface Rule {
  /**
   * Who calls, by the identity that the mesh vouches for; not with `mesh.mode` `none`. Default: everyone that the
   * mesh admits: with `required` every meshed caller, with `optional` everybody.
   */
  clients?: Client[];
  /** Methods in capitals: `GET`. Default: all but CONNECT and TRACE, which are always refused. */
  methods?: string[];
  /** Paths: `/v1/charges`, `/v1/*` (one segment), `/v1/**` (one or more). Default: all. */
  paths?: string[];
}

/**
 * A calling service account. A namespace is one principal: whoever may create pods in it may be any of its
 * accounts.
 */
export interface Client {
  /** Kubernetes namespace of the caller. */
  namespace: string;
  /** Its service account. Default: every account of the namespace. */
  serviceAccount?: string;
}

/** A header field's value: a prefix and a credential. */
export interface HeaderValue {
  /** Name in `credentials`. */
  credential: string;
  /** Goes before it: `Bearer `. Default: nothing. */
  prefix?: string;
}

/** A third party's key: either `value`, or `secretName` and `key`. */
export interface Credential {
  /** The key itself; kept secret. A change replaces the pods. */
  value?: pulumi.Input<string>;
  /** Name of an existing Secret in `namespace`, which so must be there before (`createNamespace: false`). A change of its content is taken up without a restart. */
  secretName?: pulumi.Input<string>;
  /** Key in that Secret. */
  key?: pulumi.Input<string>;
}

/** Repeats of idempotent requests of whose body nothing was sent, after a failure of the connection; once at most. */
export interface Retries {
  /** Repeats in percent of the requests of the last ten seconds, 0 to 100; 0 switches them off. Default: 20. */
  budgetPercent?: number;
}

/** A circuit breaker for each name of the third party and each pod. An open one answers 503 at once. */
export interface CircuitBreaker {
  /** Failures in a row (no connection, no answer, 5xx) that open it. Default: 10. */
  failures?: number;
  /** How long until one request probes whether it can close. Default: `10s`. */
  reset?: string;
}

/** A token bucket in each pod; an empty one answers 429. */
export interface RateLimit {
  /** Requests in `period`. */
  requests: number;
  /** Default: `1s`. */
  period?: string;
  /** Requests that may come at once. Default: `requests`. */
  burst?: number;
}

/** Largest bodies, in bytes. */
export interface BodyLimits {
  /** Of a request; a larger one is answered 413. Default: no limit. */
  request?: number;
  /** Of an answer; a larger one is cut. Default: no limit. */
  response?: number;
}

/** Time limits of one upstream: an integer and `ms`, `s`, `m` or `h`; more than 0 and at most 24 h. */
export interface Timeouts {
  /** TCP connection and TLS handshake. Default: `5s`. */
  connect?: string;
  /** From the request's last byte to the response's headers. Default: `60s`. */
  response?: string;
  /** Between two pieces of a body. Default: `60s`. */
  idle?: string;
  /** From the request's headers to the answer's end; cuts streams. Default: no limit. */
  total?: string;
  /** After which a WebSocket connection is closed, however busy. Default: `1h`. */
  websocket?: string;
}

/** TLS towards one upstream. The certificate is always verified. */
export interface UpstreamTls {
  /** Certificates of authorities as PEM, instead of the public ones; an intermediate needs no root beside it. Default: Node's public authorities. */
  caCertificates?: string;
  /** Lowest protocol version. Default: TLS 1.2. */
  minVersion?: TlsVersion;
  /** Name sent as SNI and verified in the certificate, where it is not the host. Not with a wildcard. Default: the host. */
  serverName?: string;
  /** Certificate that the proxy shows. Default: none. */
  clientCertificate?: ClientCertificate;
}

/** A client certificate, by the names of credentials that hold PEM. */
export interface ClientCertificate {
  /** Name in `credentials`: the certificate and its chain. */
  certificate: string;
  /** Name in `credentials`: the private key. */
  privateKey: string;
}

/** A TLS protocol version. */
export const TlsVersion = {
  /** TLS 1.2 */
  Tls12: "TLSv1.2",
  /** TLS 1.3 */
  Tls13: "TLSv1.3",
} as const;
export type TlsVersion = (typeof TlsVersion)[keyof typeof TlsVersion];

/**
 * Linkerd's reliability features for one upstream, as annotations of its Service and, for retries, HTTPRoutes: so
 * these need the Gateway API's CRDs, as Linkerd does. Linkerd drops a wrong value without a word; here it is an error.
 */
export interface UpstreamMesh {
  /** Repeats of requests that were answered with an error. Default: none. */
  retries?: MeshRetries;
  /** Leaves proxy pods alone that answer with errors for this upstream. Default: none. */
  circuitBreaker?: MeshCircuitBreaker;
  /** Time limits. Default: none. */
  timeouts?: MeshTimeouts;
}

/** Repeats by the caller's sidecar. It repeats whatever the third party has done with the request, and can't repeat a body beyond 64 KiB. */
export interface MeshRetries {
  /** Answers that are repeated: `503`, `502-504`, `5xx`, or `gateway-error`, which is 502 to 504; 400 to 599. */
  statuses: string[];
  /** Repeats of one request at most, 1 to 10. Default: 1. */
  limit?: number;
  /** How long one try may take before it counts as failed. Default: no limit. */
  timeout?: string;
  /** Methods that are repeated; with POST among them the third party may be charged twice. Default: GET and HEAD. */
  methods?: string[];
}

/** For each caller's sidecar and each proxy pod, by 5xx in a row; the proxy's own answers are among them. */
export interface MeshCircuitBreaker {
  /** Failures in a row after which a pod is left alone. Default: 7. */
  maxFailures?: number;
  /** How long at first. Default: `1s`. */
  minPenalty?: string;
  /** How long at most, as it doubles with every failed probe. Default: `1m`. */
  maxPenalty?: string;
  /** Random share that is added to each, 0 to 100 times. Default: 0.5. */
  jitterRatio?: number;
}

/** Time limits of the caller's sidecar. `request` and `response` also cut answers that stream. */
export interface MeshTimeouts {
  /** Without a byte in either direction. Default: no limit. */
  idle?: string;
  /** From the request's beginning to the answer's end, all tries together. Default: no limit. */
  request?: string;
  /** From the request's end to the answer's end, of one try. Default: no limit. */
  response?: string;
}

/** How the proxy's image is built and where it is pushed. */
export interface ImageBuild {
  /** Repository without tag: `registry.example.com/platform/egress-proxy`. */
  repository: pulumi.Input<string>;
  /** Login of the registry. Default: the Docker client's own. */
  registry?: ImageRegistry;
  /** Platform of the cluster's nodes, `os/architecture`. Default: `linux/amd64`, whatever the building machine is. */
  platform?: string;
  /** Base image with Node ≥ 22.15 as `node` or `/nodejs/bin/node`, by digest. Default: `node:24-slim`, pinned. */
  baseImage?: pulumi.Input<string>;
}

/** Login of an image registry. */
export interface ImageRegistry {
  /** Host of the registry: `registry.example.com`. */
  server: pulumi.Input<string>;
  username: pulumi.Input<string>;
  /** Kept secret. */
  password: pulumi.Input<string>;
}

/** CPU and memory, as Kubernetes quantities. */
export interface Resources {
  /** What the scheduler sets aside. */
  requests?: ResourceQuantities;
  /** What the pod can't exceed. */
  limits?: ResourceQuantities;
}

/** Kubernetes quantities. */
export interface ResourceQuantities {
  /** Cores: `100m`, `1`. */
  cpu?: pulumi.Input<string>;
  /** Bytes: `128Mi`. */
  memory?: pulumi.Input<string>;
}

/** A Kubernetes toleration. */
export interface Toleration {
  key?: pulumi.Input<string>;
  operator?: pulumi.Input<string>;
  value?: pulumi.Input<string>;
  effect?: pulumi.Input<string>;
  tolerationSeconds?: pulumi.Input<number>;
}

/** The service mesh between applications and the proxy. */
export interface Mesh {
  /** Default: `required`. */
  mode?: MeshMode;
  /**
   * Linkerd's trust domain, the end of its identities: callers of any other are nobody. Default: `cluster.local`.
   */
  trustDomain?: string;
  /** Namespace of Linkerd's control plane. Default: `linkerd`. */
  controlPlaneNamespace?: string;
  /**
   * CPU and memory of the sidecar beside each proxy pod. Default: Linkerd's own for production: requests 100m and
   * 20Mi, limit 250Mi and no limit of CPU, which would also limit the sidecar's threads.
   */
  proxyResources?: Resources;
}

/** Whether the proxy's pods run inside Linkerd. */
export const MeshMode = {
  /** Injected; only meshed callers are admitted; without a sidecar the pods exit with the reason instead of serving. */
  Required: "required",
  /**
   * For migration, in a cluster with Linkerd. Injected; unmeshed callers are admitted and counted, but not by rules
   * that name `clients`; without a sidecar the pods serve, and these rules admit nobody.
   */
  Optional: "optional",
  /** Not injected, for clusters without Linkerd: plain HTTP from applications to the proxy, from any pod; a warning says so. */
  None: "none",
} as const;
export type MeshMode = (typeof MeshMode)[keyof typeof MeshMode];

/** How names below `domain` come to resolve. */
export interface Dns {
  /** Default: `stubDomain`. */
  mode?: DnsMode;
  /**
   * What the controller edits, with `mode` `stubDomain`; docs/platforms says which fits which cluster. Default:
   * `coredns`. Where another one fits, the controller changes nothing, and `pulumi up` ends with the setting to use.
   */
  target?: DnsTarget;
  /**
   * Whether NodeLocal DNSCache (ConfigMap `node-local-dns`) is told too, beside `target`: it does not ask the cluster's
   * DNS for other domains than the cluster's. Not with `kubeDns`, whose stub domains it reads by itself. Default: false.
   */
  nodeLocalDns?: boolean;
  /** The cluster's own DNS domain. Default: `cluster.local`. */
  clusterDomain?: string;
  /** Image of the CoreDNS that serves the zone, by digest. Default: `registry.k8s.io/coredns/coredns`, pinned. */
  image?: pulumi.Input<string>;
  /** CPU and memory of each DNS pod. Default: requests 50m and 32Mi, limits 500m and 128Mi. */
  resources?: Resources;
  /** An existing namespace for the stub domain's controller. Default: one of its own is created. */
  controllerNamespace?: string;
}

/** Who tells the cluster's DNS about `domain`. */
export const DnsMode = {
  /** A controller adds a stub domain to the cluster's Corefile, and takes it out at destroy. */
  StubDomain: "stubDomain",
  /** Nobody touches `kube-system`; the output `stubDomain` is the text for whoever does. */
  Manual: "manual",
  /** No DNS parts: applications use the Services' own names, which `urls` then holds. */
  None: "none",
} as const;
export type DnsMode = (typeof DnsMode)[keyof typeof DnsMode];

/** What of a cluster's DNS configuration holds the stub domain. */
export const DnsTarget = {
  /** A server block in the Corefile, ConfigMap `kube-system/coredns`: kubeadm, kind, k0s, Talos, EKS self-managed. */
  Coredns: "coredns",
  /** A key of its own in ConfigMap `kube-system/coredns-custom`: AKS, k3s, DOKS, OKE, LKE. */
  CorednsCustom: "corednsCustom",
  /** An entry of `stubDomains` in ConfigMap `kube-system/kube-dns`: GKE. */
  KubeDns: "kubeDns",
  /** A server of the DNS operator's object `default`: OpenShift. */
  Openshift: "openshift",
} as const;
export type DnsTarget = (typeof DnsTarget)[keyof typeof DnsTarget];

/**
 * For the callers of some namespaces every name below `domain` resolves, and leads to its public host on port 443; the
 * log has who asked for what, and `k8s-egress suggest` makes the list of upstreams from it. A listed host is decided by
 * its own rules alone. Needs a `mesh.mode` and a `dns.mode` other than `none`.
 */
export interface Audit {
  /** Kubernetes namespaces of the callers, at least one. */
  namespaces: string[];
  /** Last day, in UTC: `2027-01-31`. At most 90 days ahead. Afterwards unlisted hosts are refused, without an `up`. */
  until: string;
}

/** The proxy's log, JSON lines on standard output. */
export interface Log {
  /** Lowest level that is written. Default: `info`. */
  level?: LogLevel;
  /** How many of the requests that went well have a line, in percent; the others all have. Default: 100. */
  percent?: number;
}

/** Severity of a log line. */
export const LogLevel = {
  Debug: "debug",
  Info: "info",
  Warn: "warn",
  Error: "error",
} as const;
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];
