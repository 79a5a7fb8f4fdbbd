import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Destination, EgressLockdown, egressUrl, type LockdownMode } from "k8s-egress";

// A team's own stack: its namespace, closed but for what the platform's EgressProxy lets out. It needs that stack to
// be up, and nothing of it but the names: docs/lockdown.md shows how to go from audit to enforce.
const config = new pulumi.Config();
const namespace = config.get("namespace") ?? "shop";

const shop = new k8s.core.v1.Namespace("shop", {
  metadata: {
    name: namespace,
    annotations: {
      "linkerd.io/inject": "enabled",
      // So that an audit shows which hosts are called.
      "config.linkerd.io/proxy-metrics-hostname-labels": "true",
    },
  },
});

const lockdown = new EgressLockdown(
  "lockdown",
  {
    namespaces: [namespace],
    mode: config.get<LockdownMode>("mode"),
    proxyNamespace: config.get("proxyNamespace"),
    // Such as the API server, for applications that ask it: [{ "cidr": "10.0.0.1/32", "ports": [6443] }].
    destinations: config.getObject<Destination[]>("destinations"),
  },
  { dependsOn: [shop] },
);

export const namespaces = lockdown.namespaces;
/** What the applications call instead of https://api.github.com. */
export const github = egressUrl("api.github.com");
