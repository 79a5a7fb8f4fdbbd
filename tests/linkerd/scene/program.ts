import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { EgressProxy, type EgressProxyArgs, type Upstream } from "../../../index";
import type { Linkerd } from "../target/linkerd";
import { THIRD_PARTIES, THIRD_PARTY_RANGE } from "./third-parties";

/** What a program needs to know of the cluster. */
export interface Surroundings {
  readonly linkerd: Linkerd;
  /** Name of the component. */
  readonly name: string;
  readonly namespaces: { readonly proxy: string; readonly thirdParties: string; readonly monitoring: string };
  /** The DNS server that knows the third parties. */
  readonly dnsAddress: string;
  readonly thirdPartyCa: string;
}

/** An upstream that is one of the third parties. */
export function upstream(
  { thirdPartyCa }: Pick<Surroundings, "thirdPartyCa">,
  party: keyof typeof THIRD_PARTIES,
  more: Partial<Upstream> = {},
): Upstream {
  return {
    host: THIRD_PARTIES[party].host,
    tls: { caCertificates: thirdPartyCa },
    allowedCidrs: [THIRD_PARTY_RANGE],
    ...more,
  };
}

/** An EgressProxy whose pods ask the tests' own DNS, which knows the third parties. */
export function deploy(surroundings: Surroundings, args: EgressProxyArgs): EgressProxy {
  const { linkerd, name, namespaces } = surroundings;
  const namespace = new k8s.core.v1.Namespace("proxy", { metadata: { name: namespaces.proxy } });
  // The third parties are pods, so the proxy's own NetworkPolicy, which opens addresses, need not let it through.
  const way = new k8s.networking.v1.NetworkPolicy(
    "third-parties",
    {
      metadata: { name: "third-parties", namespace: namespaces.proxy },
      spec: {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [
          {
            to: [
              {
                namespaceSelector: {
                  matchLabels: { "kubernetes.io/metadata.name": namespaces.thirdParties },
                },
              },
            ],
          },
        ],
      },
    },
    { dependsOn: [namespace] },
  );
  const { dns, mesh, ...rest } = args;
  return new EgressProxy(
    name,
    {
      namespace: namespaces.proxy,
      createNamespace: false,
      domain: `${name}.local`,
      drain: "5s",
      monitoring: { namespaces: [namespaces.monitoring] },
      mesh: { trustDomain: linkerd.trustDomain, controlPlaneNamespace: linkerd.namespace, ...mesh },
      dns: { clusterDomain: linkerd.clusterDomain, ...dns },
      ...rest,
    },
    { dependsOn: [namespace, way], transformations: [asks(surroundings)] },
  );
}

interface DeploymentProps {
  spec: pulumi.Input<{ template: { spec: object } }>;
}

/** Only the proxy's pods: egress-dns and the controller need the cluster's own DNS. */
function asks({ name, dnsAddress, namespaces, linkerd }: Surroundings): pulumi.ResourceTransformation {
  const { clusterDomain } = linkerd;
  const dns = {
    dnsPolicy: "None",
    dnsConfig: {
      nameservers: [dnsAddress],
      searches: [`${namespaces.proxy}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain],
      options: [{ name: "ndots", value: "5" }],
    },
  };
  return ({ type, name: child, props, opts }) => {
    if (type !== "kubernetes:apps/v1:Deployment" || child !== `${name}-proxy`) return undefined;
    const spec = pulumi.output((props as DeploymentProps).spec).apply(({ template, ...others }) => ({
      ...others,
      template: { ...template, spec: { ...template.spec, ...dns } },
    }));
    return { props: { ...props, spec }, opts };
  };
}
