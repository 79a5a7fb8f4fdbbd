import type { EgressProxyArgs } from "./args/egress-proxy";
import { DnsMode } from "./args/dns";
import * as pulumi from "@pulumi/pulumi";
import { namesOf } from "./names";
import type { Context } from "./resources/context";
import { argoCdAnnotations } from "./resources/argo-cd";
import { createEgressDns } from "./resources/egress-dns";
import { proxyImage } from "./resources/proxy/image";
import { createNamespace, namespaceName } from "./resources/namespace";
import { compilePolicy } from "./policy";
import { announced } from "./policy-changes/announcement";
import { createMonitoring } from "./resources/monitoring";
import { createNetworkPolicies } from "./resources/network-policies";
import { createProxy } from "./resources/proxy/proxy";
import { createStubDomains, stubDomainText } from "./resources/stub-domain/controller";
import { createUpstreamServices } from "./resources/proxy/upstream-services";
import { type Settings, settingsOf } from "./settings";
import { urlFor, urlsOf } from "./urls";
import { checkArguments } from "./validation/arguments";
import { isRecord } from "./validation/checks/checks";
import { checkNeighbours } from "./validation/neighbours";
import { checkRename } from "./validation/rename";
import { warningsOf } from "./warnings";

/**
 * An egress proxy in a Kubernetes cluster: `http://<host>.egress.local` inside the cluster means `https://<host>`, for
 * the listed hosts and no others.
 *
 * Its children, in the order of creation: namespace, NetworkPolicies, image, policy, proxy, one Service per upstream,
 * DNS server, stub domain. They are deleted in the opposite order.
 */
export class EgressProxy extends pulumi.ComponentResource {
  /** URL by host, as applications call it. */
  public readonly urls: pulumi.Output<Record<string, string>>;
  /** Domain below which applications name upstreams. */
  public readonly domain: pulumi.Output<string>;
  /** Namespace of the proxy, its Services and its DNS server. */
  public readonly namespace: pulumi.Output<string>;
  /** Image of the proxy, by digest. */
  public readonly image: pulumi.Output<string>;
  /** Server block for the cluster's Corefile that makes `domain` resolve; empty if `dns.mode` is `none`. */
  public readonly stubDomain: pulumi.Output<string>;
  /**
   * Namespaces whose clients an audit lets call any public host; the value for an EgressLockdown's `auditedNamespaces`.
   */
  public readonly auditedNamespaces: pulumi.Output<string[]>;

  /**
   * @param name Distinguishes this EgressProxy from others; part of Kubernetes names unless `args.instance` is given,
   * at most 40 characters of a DNS label.
   * @throws pulumi.ResourceError that lists every error in the arguments; then nothing is created.
   */
  constructor(name: string, args: EgressProxyArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = checkArguments(name, args);
    const settings = problems.any ? undefined : settingsOf(args);
    const registered: { component?: EgressProxy } = {};
    // Its URN is known when it is registered, so the lines are not waited for.
    const say = (line: string) => void pulumi.log.info(line, registered.component);
    const { inputs, opts: options } = settings
      ? announced(name, compilePolicy(settings), opts, say)
      : { inputs: {}, opts };
    // Without the arguments, because the preview would show all of them a second time.
    super("k8s-egress:index:EgressProxy", name, inputs, withAnnotations(name, args, options));
    registered.component = this;
    if (isRecord(args)) {
      checkRename(name, args, opts?.aliases, problems);
      checkNeighbours(this, name, args, problems);
    }
    if (problems.any || !settings) {
      throw new pulumi.ResourceError(problems.report(`EgressProxy "${name}"`), this, true);
    }

    for (const warning of warningsOf(args)) void pulumi.log.warn(warning, this);
    const instance = args.instance ?? name;
    const names = namesOf(instance, settings.namespace);
    const context: Context = { name, instance, names, settings, args, parent: this };

    const namespace = namespaceName(context, createNamespace(context));
    createNetworkPolicies(context, namespace);
    createMonitoring(context, namespace);
    const image = proxyImage(context);
    const proxy = createProxy(context, namespace, image);
    const services = createUpstreamServices(context, namespace);
    if (settings.dns === DnsMode.None) {
      this.stubDomain = pulumi.output("");
    } else {
      const dns = createEgressDns(context, namespace, [proxy, ...services]);
      this.stubDomain = stubDomainText(context, dns);
      if (settings.dns === DnsMode.StubDomain) createStubDomains(context, image, dns);
    }

    this.urls = pulumi.output(urlsOf(settings));
    this.domain = pulumi.output(settings.domain);
    this.namespace = pulumi.output(settings.namespace);
    this.image = image;
    this.auditedNamespaces = pulumi.output(settings.audit?.namespaces ?? []);
    settingsByProxy.set(this, settings);
    this.registerOutputs({
      urls: this.urls,
      domain: this.domain,
      namespace: this.namespace,
      image: this.image,
      stubDomain: this.stubDomain,
      auditedNamespaces: this.auditedNamespaces,
    });
  }

  /**
   * URL of one host, which is listed itself or is below a listed wildcard: `http://api.stripe.com.egress.local`.
   *
   * @throws RangeError if the host is not listed, so that a misspelt host fails at preview.
   */
  public urlFor(host: string): string {
    return urlFor(host, settingsByProxy.get(this)!);
  }
}

/** Before the arguments are checked: an option can't be added later. */
function withAnnotations(
  name: string,
  args: EgressProxyArgs,
  opts: pulumi.ComponentResourceOptions = {},
): pulumi.ComponentResourceOptions {
  if (!isRecord(args) || !isRecord(args.gitOps) || args.gitOps.argoCd !== true) return opts;
  return pulumi.mergeOptions(opts, { transformations: [argoCdAnnotations(name)] });
}

/** Not a field of the class: schema inference treats every field of a component as an output, even private ones. */
const settingsByProxy = new WeakMap<EgressProxy, Settings>();
