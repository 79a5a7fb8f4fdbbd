import type * as pulumi from "@pulumi/pulumi";
import type { Credential } from "./access";
import type { GitOps } from "./git-ops";
import type { ImageBuild } from "./image";
import type { Upstream } from "./upstream";
import type { Audit, Log } from "./observation";
import type { Resources, Toleration } from "./pods";
import type { Mesh } from "./mesh";
import type { RequestLimits } from "./request-limits";
import type { Dns } from "./dns";
import type { Tracing } from "./tracing";
import type { Monitoring } from "./monitoring";
import type { NetworkPolicies } from "./network-policies";

/**
 * Arguments of an {@link EgressProxy}.
 *
 * `upstreams`, `domain`, `namespace` and everything else that is not typed `Input` is plain: it decides what is
 * created, so an Output there is an error that names the argument.
 */
export interface EgressProxyArgs {
  /**
   * The third parties that may be called, at most 1,000, and at least one unless there is an `audit`; each host once.
   */
  upstreams: Upstream[];
  /** Third parties' keys, by the names under which upstreams and `tracing` refer to them. Default: none. */
  credentials?: { [name: string]: Credential };
  /**
   * Domain below which applications name upstreams: `http://<host>.<domain>`. At least two labels; neither above nor
   * below the cluster's domain or an upstream's host. Default: `egress.local`.
   */
  domain?: string;
  /**
   * First part of the names of Kubernetes objects; at most 40 characters of a DNS label. Default: the component's own
   * name. A component that is renamed (with `aliases`) keeps its objects if this is its former name; without it, all
   * of them would be replaced, so that is an error.
   */
  instance?: string;
  /** Kubernetes namespace of the proxy, its Services and its DNS server. Default: `egress`. */
  namespace?: string;
  /** Whether the component creates `namespace`. Default: true. */
  createNamespace?: boolean;
  /**
   * Image of the proxy, by digest (`repository@sha256:…`); not with `build`. Default: this version's published image,
   * which the package from npm names; a checkout names none, and needs `image` or `build`.
   */
  image?: pulumi.Input<string>;
  /** Builds the proxy's image from this package and pushes it; not with `image`. Default: nothing is built. */
  build?: ImageBuild;
  /**
   * Names of existing Secrets (type `kubernetes.io/dockerconfigjson`) with which pods pull images: in `namespace`, and
   * with `dns.mode` `stubDomain` in `dns.controllerNamespace` too. Both namespaces must therefore exist before: set
   * `createNamespace: false` and `dns.controllerNamespace`. Default: none.
   */
  imagePullSecrets?: pulumi.Input<pulumi.Input<string>[]>;
  /** Pods of the proxy. Default: 2. */
  replicas?: pulumi.Input<number>;
  /** CPU and memory of each proxy pod. Default: requests 100m and 128Mi, limits 1 and 384Mi. */
  resources?: Resources;
  /** Labels added to every object; labels that select pods take precedence. Default: none. */
  labels?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Annotations added to the proxy's pods; those of this component take precedence. Default: none. */
  podAnnotations?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Node labels that all pods require. Default: none. */
  nodeSelector?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Taints that all pods tolerate. Default: none. */
  tolerations?: pulumi.Input<pulumi.Input<Toleration>[]>;
  /** Priority class of all pods. Default: the cluster's. */
  priorityClassName?: pulumi.Input<string>;
  /**
   * How long a proxy pod that is being replaced finishes requests in flight: `60s`, `5m`; 1 s to 1 h. Requests that
   * last longer are aborted. Default: `60s`.
   */
  drain?: string;
  /** Limits for the requests of all clients. */
  limits?: RequestLimits;
  /** The service mesh. */
  mesh?: Mesh;
  /** How `domain` is made to resolve. */
  dns?: Dns;
  /** The proxy's log. */
  log?: Log;
  /** Traces of requests, by OpenTelemetry. Default: none. */
  tracing?: Tracing;
  /** Lets some clients call unlisted hosts for a while, to find out what to list. Default: none. */
  audit?: Audit;
  /** NetworkPolicies around the pods: from where and to where packets may go. */
  networkPolicies?: NetworkPolicies;
  /** Who reads metrics, and what is created for Prometheus and Grafana. Default: nothing. */
  monitoring?: Monitoring;
  /** For manifests that a GitOps tool applies. Default: nothing is added. */
  gitOps?: GitOps;
}
