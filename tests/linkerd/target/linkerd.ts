import { parse } from "yaml";
import type { Kubectl } from "../../harness/kubernetes";

/** What is known of the cluster's Linkerd. */
export interface Linkerd {
  readonly version: string;
  /** Namespace of its control plane. */
  readonly namespace: string;
  readonly trustDomain: string;
  readonly clusterDomain: string;
  /** Namespace whose EgressNetworks are for all namespaces. */
  readonly globalEgressNamespace: string;
}

/** Values of Linkerd's chart that its installation keeps. */
interface Values {
  linkerdVersion?: string;
  identityTrustDomain?: string;
  clusterDomain?: string;
  egress?: { globalEgressNetworkNamespace?: string };
}

const INJECTOR = "linkerd-proxy-injector-webhook-config";

/** The Linkerd whose injector is registered with the API server; undefined where there is none. */
export async function findLinkerd(kubectl: Kubectl): Promise<Linkerd | undefined> {
  const path = "jsonpath={.webhooks[0].clientConfig.service.namespace}";
  const webhook = ["get", "mutatingwebhookconfiguration", INJECTOR, "--ignore-not-found", "-o", path];
  const namespace = await kubectl(webhook);
  if (namespace === "") return undefined;
  const config = ["get", "configmap", "linkerd-config", "-n", namespace, "--ignore-not-found"];
  const values = (parse(await kubectl([...config, "-o", "jsonpath={.data.values}"])) ?? {}) as Values;
  const clusterDomain = values.clusterDomain ?? "cluster.local";
  return {
    namespace,
    version: values.linkerdVersion ?? "unknown",
    trustDomain: values.identityTrustDomain ?? clusterDomain,
    clusterDomain,
    globalEgressNamespace: values.egress?.globalEgressNetworkNamespace ?? "linkerd-egress",
  };
}
