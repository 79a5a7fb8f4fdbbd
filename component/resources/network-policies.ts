import { DnsMode } from "../args/dns";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { DNS_PORTS } from "../corefile";
import { ports } from "../network-policy/peers";
import { controllerTraffic, dnsTraffic, proxyTraffic, type Traffic } from "../network-policy/traffic";
import { type Context, labels, type Part, selector } from "./context";
import { ADMIN_PORT, DATA_PORT } from "./proxy/proxy";
import { sidecarAdminPort } from "./proxy/sidecar";

/** Restricts what the pods in the component's namespace receive and send, if the cluster enforces it. */
export function createNetworkPolicies(context: Context, namespace: pulumi.Input<string>): void {
  const { name, names, settings } = context;
  const policies = settings.networkPolicies;
  if (!policies) return;
  const proxyPorts = { service: ports("TCP", [DATA_PORT]), admin: ports("TCP", [ADMIN_PORT]) };
  const proxy = { name: names.proxy, namespace };
  const traffic = sidecarAdminPort(context).apply((sidecarAdmin) =>
    proxyTraffic(settings, policies, { ...proxyPorts, sidecarAdmin }),
  );
  surround(context, `${name}-proxy`, "egress-proxy", proxy, traffic);
  if (settings.dns === DnsMode.None) return;
  const dnsPorts = {
    service: [...ports("UDP", [DNS_PORTS.dns]), ...ports("TCP", [DNS_PORTS.dns])],
    admin: ports("TCP", [DNS_PORTS.metrics]),
  };
  const dns = { name: names.dns, namespace };
  surround(context, `${name}-dns`, "egress-dns", dns, dnsTraffic(policies, dnsPorts));
}

/** The same for the stub domain's controller, in its own namespace. */
export function createControllerNetworkPolicy(
  context: Context,
  namespace: pulumi.Input<string>,
  adminPort: number,
): void {
  const { name, names, settings } = context;
  if (!settings.networkPolicies) return;
  const traffic = controllerTraffic(settings.networkPolicies, ports("TCP", [adminPort]));
  const metadata = { name: names.stubDomain, namespace };
  surround(context, `${name}-stub-domain`, "egress-stub-domain", metadata, traffic);
}

function surround(
  context: Context,
  child: string,
  part: Part,
  metadata: { name: string; namespace: pulumi.Input<string> },
  { ingress, egress }: Traffic | pulumi.Output<Traffic>,
): void {
  new k8s.networking.v1.NetworkPolicy(
    child,
    {
      metadata: { ...metadata, labels: labels(context, part) },
      spec: {
        podSelector: { matchLabels: selector(context, part) },
        policyTypes: ["Ingress", "Egress"],
        ingress,
        egress,
      },
    },
    { parent: context.parent },
  );
}
